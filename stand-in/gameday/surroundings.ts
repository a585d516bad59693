import { availableParallelism, platform } from "node:os";
import type { Provenance } from "../../functions/runtime/step.ts";

/** What of a rehearsal is real and what is played: told to whoever reads the report. */
export const provenance =
  (alarmPeriodSeconds: number | undefined): Provenance =>
  () => ({
    real: [
      "k6 and every request, over HTTP on loopback",
      "the target's functions: the bundles that AWS would get, with their environment",
      "the state machines' files, the steps' code, and the policies of their roles",
      "the load worker, its blocks, and all statistics",
    ],
    played: [
      "API Gateway, Lambda's control plane, EventBridge, SQS, SNS, SSM, Secrets Manager and Step Functions, in this process",
      "DynamoDB by dynalite, S3 in memory",
      "Fargate: the load task is a process on this machine",
      "FIS and its extension in a function, which asks for experiments every second instead of every minute",
      `CloudWatch: alarms as the template defines them${alarmPeriodSeconds === undefined ? "" : `, their periods shortened to ${alarmPeriodSeconds} s`}`,
    ],
    environment: {
      where: "rehearsal on one machine",
      node: process.version,
      platform: platform(),
      cores: String(availableParallelism()),
    },
  });
