import * as z from "zod";
import { DETECTORS } from "./drill.ts";
import { FaultSpec } from "./faults.ts";
import { Ramp } from "./fis.ts";
import { PlannedGuard } from "./guard.ts";
import { PlannedLoad } from "./load.ts";
import { Measure, Objective } from "./objectives.ts";
import { RequestUsage } from "./request-usage.ts";
import { RESOURCE_RECORDS, RESOURCES } from "./resources.ts";
import { PlannedStack } from "./stack.ts";

/**
 * The typed sections of the execution's state. Each step reads `plan` and the one or two sections that it needs and
 * returns a section of its own. Times are ISO 8601 in UTC; whatever grows is in the results bucket, not here.
 */

const Instant = z.iso.datetime();

/** What a target tells about itself in the SSM parameter `/gameday/targets/NAME`, which its stack writes. */
export const Target = z.object({
  name: z.string(),
  /** Base URL of the front door, without a trailing slash. */
  url: z.url(),
  ...RESOURCE_RECORDS,
  /** Only these can be changed, as only what is in the other records. */
  functions: z.record(z.string(), RESOURCES.function.knownBy),
  /** Names of the alarms that should notice. */
  alarms: z.array(z.string()),
  /** Numbers of it that drills can ask for, by name. */
  measures: z.record(z.string(), Measure).optional(),
  /** What a request to it uses up, for the estimate of the cost. */
  perRequest: RequestUsage.optional(),
  /** URL of the queue that gets what people and their tools would be told. */
  inbox: z.url().optional(),
  /** Name of its CloudFormation stack: what DevOps Guru groups resources by. */
  stack: z.string().optional(),
});
export type Target = z.infer<typeof Target>;

export const PlannedExpectation = z.object({
  detector: z.enum(DETECTORS),
  outcome: z.enum(["detected", "not-detected", "any"]),
  withinSeconds: z.number().optional(),
  /** An EventBridge pattern, only with the detector `events`. */
  pattern: z.record(z.string(), z.json()).optional(),
});
export type PlannedExpectation = z.infer<typeof PlannedExpectation>;

export const PlannedFault = z.object({
  /** Position in the drill, from 0. */
  index: z.int().min(0),
  name: z.string(),
  spec: FaultSpec,
  durationSeconds: z.number().positive(),
  /** Only with faults that FIS injects. */
  ramp: Ramp.optional(),
  /** Only with a surge: the load that it is. */
  surge: PlannedLoad.optional(),
  expect: z.array(PlannedExpectation),
  objectives: z.array(Objective).default([]),
});
export type PlannedFault = z.infer<typeof PlannedFault>;

export const Deployment = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("configuration"), function: z.string(), set: z.record(z.string(), z.string()) }),
  z.object({ kind: z.literal("version"), alias: z.string(), version: z.string() }),
  z.object({ kind: z.literal("stack") }),
]);
export type Deployment = z.infer<typeof Deployment>;

/** Everything that the steps need to know, fixed by the first step. */
export const Plan = z.object({
  /** The game day's id: the name of its execution. */
  id: z.string().regex(/^[\w-]{1,80}$/),
  executionArn: z.string(),
  startedAt: Instant,
  drill: z.string(),
  title: z.string(),
  hypothesis: z.string(),
  profile: z.enum(["full", "rehearsal"]),
  target: Target,
  deploy: Deployment,
  /** Only with the deployment `stack`: the stack that is brought up for the game day and taken down after it. */
  stack: PlannedStack.optional(),
  /** The target's stack is not there yet: nothing but the target's name is known, and nothing is checked against it. */
  pending: z.literal(true).optional(),
  load: PlannedLoad,
  warmUpSeconds: z.number(),
  baselineSeconds: z.number(),
  faults: z.array(PlannedFault).min(1),
  recovery: z.object({ withinSeconds: z.number(), margin: z.number() }),
  /** Limits that end the game day early. */
  guard: PlannedGuard.optional(),
  /** An alarm that is on keeps the game day from starting, but for this. */
  startsInAlarm: z.boolean().optional(),
  comparisonBlockSeconds: z.number(),
  /** How long a loop waits between two looks. */
  watchSeconds: z.int().min(1),
  /** How long a step that was given up on may still act: certification waits for it. */
  stragglerSeconds: z.int().min(0),
  /** How long putting something back is tried before it is given up: an update of a function may take minutes. */
  patienceSeconds: z.int().min(1),
  /** Alarm periods are shortened to this many seconds (rehearsals only). */
  alarmPeriodSeconds: z.number().optional(),
  /** When the lease on the target ends by itself. */
  deadline: Instant,
});
export type Plan = z.infer<typeof Plan>;

/** What every look of a loop returns. */
export const Look = z.object({
  done: z.boolean(),
  /** How long to wait until the next look; meaningless when done. */
  waitSeconds: z.int().min(1),
  /** One line for whoever follows the execution. */
  saw: z.string(),
});
export type Look = z.infer<typeof Look>;

export const LoadSection = z.object({ entry: z.string() });
export type LoadSection = z.infer<typeof LoadSection>;

/** When the load began: every phase is cut from this. */
export const StartedLoad = Look.extend({ startAt: Instant.optional() });

export const BaselineSection = z.object({ from: Instant, to: Instant, key: z.string() });
export type BaselineSection = z.infer<typeof BaselineSection>;

export const InjectedFault = z.object({ entry: z.string() });
export const ProvenFault = Look.extend({ inEffectAt: Instant.optional() });

/** What the Catch of a state leaves: the error's name and, on AWS, a JSON text of what the function threw. */
export const Failure = z.object({ Error: z.string(), Cause: z.string().optional() });
export type Failure = z.infer<typeof Failure>;

export const Conflict = z.object({ what: z.string(), ours: z.string(), found: z.string() });
export type Conflict = z.infer<typeof Conflict>;

export const Check = z.object({ what: z.string(), ok: z.boolean(), detail: z.string() });
export type Check = z.infer<typeof Check>;

/** Whether everything that the game day changed is back as it was. */
export const Restored = z.object({
  ok: z.boolean(),
  checks: z.array(Check),
  conflicts: z.array(Conflict),
  /** Commands that put back by hand what could not be put back; empty when `ok`. */
  byHand: z.array(z.string()),
});
export type Restored = z.infer<typeof Restored>;

export const VERDICTS = ["passed", "failed", "invalid", "aborted"] as const;
export const Judged = z.object({ verdict: z.enum(VERDICTS), sentence: z.string(), key: z.string() });
export type Judged = z.infer<typeof Judged>;
