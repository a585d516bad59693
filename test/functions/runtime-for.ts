import type { PublishCommand } from "@aws-sdk/client-sns";
import { buildRuntime } from "../../functions/runtime/build.ts";
import type { Clients } from "../../functions/runtime/clients.ts";
import { readConfiguration } from "../../functions/runtime/configuration.ts";
import type { Runtime } from "../../functions/runtime/step.ts";
import { ServiceError } from "../../stand-in/aws/operation.ts";
import { Buckets, createS3 } from "../../stand-in/aws/s3/operations.ts";
import type { Service } from "../../stand-in/aws/service.ts";
import type { EphemeralStack } from "../../workflows/stack.ts";
import type { Target } from "../../workflows/state.ts";
import { target } from "../workflows/sample.ts";
import type { FakeLambda } from "./changes/fake-lambda.ts";

interface World {
  documents: Clients["documents"];
  lambda?: FakeLambda;
  cloudformation?: Clients["cloudformation"];
  ecs?: Clients["ecs"];
  /** The drills that there are. */
  drills?: Record<string, unknown>;
  /** What SSM holds under `/gameday/targets/NAME`. */
  targets?: Record<string, Target | string>;
  /** What SSM holds under `/gameday/stacks/NAME`. */
  stacks?: Record<string, EphemeralStack>;
}

/** What a step is handed: its journal and leases real, the rest played, the clock under the test's control. */
export function runtimeFor(world: World) {
  const {
    documents,
    lambda,
    cloudformation,
    ecs,
    drills = {},
    targets = { [target.name]: target },
    stacks = {},
  } = world;
  const clock = { time: new Date("2026-11-21T09:00:00Z") };
  const buckets = new Buckets(["results"]);
  /** Status by execution ARN; one that is not here is not known. */
  const executions = new Map<string, string>();
  const announced: PublishCommand["input"][] = [];
  const runtime: Runtime = buildRuntime({
    clients: {
      documents,
      s3: clientFor(createS3(buckets)),
      apigateway: notPlayed("API Gateway"),
      devopsguru: notPlayed("DevOps Guru"),
      dynamodb: notPlayed("DynamoDB's tables"),
      eventbridge: notPlayed("EventBridge"),
      sqs: notPlayed("SQS"),
      lambda: lambda?.client ?? notPlayed("Lambda"),
      ssm: {
        send: async ({ input }: { input: { Name: string } }) => {
          const [, , kind, name = ""] = input.Name.split("/");
          const found = kind === "stacks" ? stacks[name] : targets[name];
          if (found === undefined) throw new ServiceError("ParameterNotFound", `Parameter ${input.Name} not found.`);
          return { Parameter: { Value: typeof found === "string" ? found : JSON.stringify(found) } };
        },
      } as unknown as Clients["ssm"],
      sns: { send: async ({ input }: PublishCommand) => void announced.push(input) } as unknown as Clients["sns"],
      cloudformation: cloudformation ?? notPlayed("CloudFormation"),
      cloudwatch: notPlayed("CloudWatch"),
      fis: notPlayed("FIS"),
      ecs: ecs ?? ({ send: async () => ({ taskArns: [] }) } as unknown as Clients["ecs"]),
      sfn: {
        send: async (command: { input: { executionArn: string } }) => {
          const { executionArn } = command.input;
          const status = executions.get(executionArn);
          if (command.constructor.name === "GetExecutionHistoryCommand") return { events: [] };
          if (!status) throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
          if (command.constructor.name === "StopExecutionCommand") executions.set(executionArn, "ABORTED");
          return { status };
        },
      } as unknown as Clients["sfn"],
    },
    configuration: readConfiguration({
      JOURNAL_TABLE: "journal",
      LEASE_TABLE: "leases",
      RESULTS_BUCKET: "results",
      CLUSTER_ARN: "arn:aws:ecs:local:000000000000:cluster/load",
      TASK_DEFINITION_ARN: "arn:aws:ecs:local:000000000000:task-definition/load:1",
      LOAD_CONTAINER: "k6",
      SUBNET_IDS: "subnet-1",
      SECURITY_GROUP_ID: "sg-1",
      TOPIC_ARN: "arn:aws:sns:local:000000000000:announcements",
      EXPERIMENT_ROLE_ARN: "arn:aws:iam::000000000000:role/experiments",
      EXPERIMENT_LOCATION: "arn:aws:s3:::experiments/FisConfigs/",
    }),
    clock: { now: () => clock.time },
    drills: { names: async () => Object.keys(drills), read: async (name) => drills[name] },
    log: { metric: () => {} },
    provenance: () => ({ real: [], played: ["everything"], environment: {} }),
  });
  return { runtime, clock, buckets, announced, executions };
}

/** A service of the stand-in, without anybody asking whether one may. */
export const clientFor = <C>({ operations }: Pick<Service, "operations">): C =>
  ({
    send: (command: { input: never }) =>
      operations[command.constructor.name.replace(/Command$/, "")]!.run(command.input),
  }) as C;

const notPlayed = (what: string) =>
  ({ send: () => Promise.reject(new Error(`${what} is not played in this test`)) }) as never;
