import * as z from "zod";
import { Check, Conflict, Failure, VERDICTS } from "./state.ts";

/** `result.json`: the machine's truth about one game day. Times are ISO 8601 in UTC. */

const Instant = z.iso.datetime();

export const Percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });
export type Percentiles = z.infer<typeof Percentiles>;

export const Detection = z.object({
  detector: z.string(),
  outcome: z.enum(["detected", "not-detected", "could-not-tell"]),
  /** When the detector's evidence was on hand. */
  detectedAt: Instant.optional(),
  /** From the moment the fault was in effect to `detectedAt`. */
  secondsToDetect: z.number().optional(),
  /** What it saw, or why it could not tell; for a censored one, the smallest effect that it would have found. */
  detail: z.string(),
  expected: z.string(),
  asExpected: z.boolean(),
});
export type Detection = z.infer<typeof Detection>;

/** A number of the target or of the load around a fault; without `value` there was nothing to measure. */
export const MeasureResult = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.enum(["share", "count", "milliseconds"]),
  baseline: z.number().optional(),
  value: z.number().optional(),
  /** What the drill asks for, if it does. */
  expected: z.string().optional(),
  met: z.boolean().optional(),
});
export type MeasureResult = z.infer<typeof MeasureResult>;

export const FaultResult = z.object({
  name: z.string(),
  kind: z.string(),
  change: z.string(),
  /** When the fault was in effect; absent when it never was. */
  injectedAt: Instant.optional(),
  evidence: z.array(z.string()),
  /** Why it has to be taken for a fault that did nothing, where that is known. */
  ineffective: z.string().optional(),
  detections: z.array(Detection),
  measures: z.array(MeasureResult).default([]),
  /** When the undo was in effect. */
  undoneAt: Instant.optional(),
  recovered: z.boolean(),
  secondsToRecover: z.number().optional(),
  recovery: z.string(),
});
export type FaultResult = z.infer<typeof FaultResult>;

/** An interval of the game day. */
export const Phase = z.object({
  name: z.enum(["warm-up", "baseline", "fault", "recovery"]),
  label: z.string(),
  from: Instant,
  to: Instant,
  requests: z.int(),
  failed: z.int(),
  latencyMs: Percentiles.optional(),
});
export type Phase = z.infer<typeof Phase>;

export const CostItem = z.object({ what: z.string(), usd: z.number() });
export const Cost = z.object({ estimatedUsd: z.number(), pricesOf: z.string(), items: z.array(CostItem) });
export type Cost = z.infer<typeof Cost>;

/** The stack that was brought up for the game day; without a number of seconds that was not seen to be done. */
export const DeployedStack = z.object({
  stack: z.string(),
  secondsUp: z.number().optional(),
  secondsDown: z.number().optional(),
});
export type DeployedStack = z.infer<typeof DeployedStack>;

export const Result = z.object({
  id: z.string(),
  drill: z.string(),
  title: z.string(),
  hypothesis: z.string(),
  target: z.string(),
  profile: z.enum(["full", "rehearsal"]),
  /** Only when the target came up for this game day. */
  deployed: DeployedStack.optional(),
  verdict: z.enum(VERDICTS),
  /** The answer in one sentence. */
  sentence: z.string(),
  /** Why the verdict is what it is, the most important first. */
  reasons: z.array(z.string()),
  /** What to know when reading this, such as a restless baseline. */
  warnings: z.array(z.string()).default([]),
  failure: Failure.optional(),
  startedAt: Instant,
  endedAt: Instant,
  load: z.object({
    requests: z.int(),
    failed: z.int(),
    failedByKind: z.record(z.string(), z.int()),
    dropped: z.int(),
    rate: z.number(),
    shards: z.int(),
    /** Between the first and the last shard's first request. */
    skewMs: z.number(),
    latencyMs: z.record(z.string(), Percentiles),
  }),
  phases: z.array(Phase),
  faults: z.array(FaultResult),
  restored: z.object({
    ok: z.boolean(),
    checks: z.array(Check),
    conflicts: z.array(Conflict),
    byHand: z.array(z.string()),
  }),
  cost: Cost,
  /** State transitions of the execution up to the verdict, where they are known. */
  transitions: z.int().optional(),
  /** What was real and what was played. On AWS everything is real. */
  real: z.array(z.string()),
  played: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
});
export type Result = z.infer<typeof Result>;

/** One point of the report's picture: what a few seconds of load looked like. */
export const SeriesPoint = z.object({
  at: Instant,
  seconds: z.number(),
  requests: z.int(),
  failed: z.int(),
  latencyMs: Percentiles.optional(),
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;
