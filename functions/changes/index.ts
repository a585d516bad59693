import type * as z from "zod";
import type { Interval } from "../../analysis/series.ts";
import type { FaultKindName, FaultSpec } from "../../workflows/faults.ts";
import type { Plan, PlannedFault } from "../../workflows/state.ts";
import type { Runtime } from "../runtime/step.ts";
import { apiThrottle } from "./api-throttle.ts";
import { dynamodbThrottle } from "./dynamodb-throttle.ts";
import { onEachFunction } from "./each-function.ts";
import { eventSourceOff } from "./event-source-off.ts";
import { fisLambdaDelay, fisLambdaError, fisLambdaHttpResponse } from "./fis/fis-lambda.ts";
import type { Afterwards, FaultKind, Occasion, Scene } from "./kind.ts";
import { lambdaOutage, lambdaThrottle } from "./lambda-concurrency.ts";
import { lambdaEnv } from "./lambda-env.ts";
import { lambdaVersion } from "./lambda-version.ts";
import { none } from "./none.ts";
import { queueImpairment } from "./queue-impairment.ts";
import { ruleOff } from "./rule-off.ts";
import { surge } from "./surge.ts";

/** Every kind of fault. To add one: its file beside this one and a line here. */
const KINDS: { [K in FaultKindName]: FaultKind<Extract<FaultSpec, { kind: K }>, unknown> } = {
  "lambda-env": onEachFunction(lambdaEnv),
  "lambda-outage": onEachFunction(lambdaOutage),
  "lambda-throttle": onEachFunction(lambdaThrottle),
  "lambda-version": lambdaVersion,
  "fis-lambda-delay": fisLambdaDelay,
  "fis-lambda-error": fisLambdaError,
  "fis-lambda-http-response": fisLambdaHttpResponse,
  "event-source-off": eventSourceOff,
  "queue-impairment": queueImpairment,
  "rule-off": ruleOff,
  "api-throttle": apiThrottle,
  "dynamodb-throttle": dynamodbThrottle,
  surge,
  none,
};

type Json = z.core.util.JSONType;

/** A fault of whatever kind with its snapshot at hand. */
export interface Fault {
  snapshot(): Promise<Json>;
  apply(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["apply"]>;
  prove(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["prove"]>;
  lasts(before: Json): Promise<void>;
  afterwards(before: Json, fault: Interval): Promise<Afterwards>;
  undo(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["undo"]>;
  check(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["check"]>;
  byHand(before: Json): string[];
}

type Outside = Pick<Runtime, "clients" | "clock" | "configuration" | "leases" | "results">;

/** The verbs for a fault of the plan: what the journal holds as `before` is parsed by the kind that wrote it. */
export function faultOf(planned: PlannedFault, plan: Plan, runtime: Outside): Fault {
  const { clock, configuration, results } = runtime;
  return verbsOf(planned.spec, plan, runtime, {
    gameDay: plan.id,
    index: planned.index,
    durationSeconds: planned.durationSeconds,
    ramp: planned.ramp ?? { upSeconds: 0, downSeconds: 0 },
    stopAlarms: plan.guard?.alarms ?? [],
    experimentRoleArn: configuration.experimentRoleArn,
    now: clock.now,
    ...(planned.surge ? { surge: { load: planned.surge, configuration, results } } : {}),
  });
}

/** The same verbs for a change that is no fault of the plan, such as a deployment. */
export function verbsOf(
  spec: FaultSpec,
  plan: Plan,
  { clients, leases }: Pick<Runtime, "clients" | "leases">,
  occasion?: Occasion,
): Fault {
  const kind = KINDS[spec.kind] as FaultKind<FaultSpec, unknown>;
  const { target } = plan;
  const scene = { clients, target, ...(occasion ? { occasion } : {}) };
  const changing: Scene = { ...scene, fence: () => leases.mayChange(target.name, plan.id) };
  const undoing: Scene = { ...scene, fence: () => leases.mayUndo(target.name, plan.id) };
  return {
    snapshot: () => kind.snapshot(spec, changing) as Promise<Json>,
    apply: (before) => kind.apply(spec, kind.before.parse(before), changing),
    prove: (before) => kind.prove(spec, kind.before.parse(before), changing),
    lasts: async (before) => kind.lasts?.(spec, kind.before.parse(before), changing),
    afterwards: async (before, fault) =>
      (await kind.afterwards?.(spec, kind.before.parse(before), undoing, fault)) ?? { evidence: [] },
    undo: (before) => kind.undo(spec, kind.before.parse(before), undoing),
    check: (before) => kind.check(spec, kind.before.parse(before), undoing),
    byHand: (before) => kind.byHand(spec, kind.before.parse(before), undoing),
  };
}
