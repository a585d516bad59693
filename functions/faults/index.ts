import type * as z from "zod";
import type { FaultKindName, FaultSpec } from "../../workflows/faults.ts";
import type { Plan } from "../../workflows/state.ts";
import type { Runtime } from "../runtime/step.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { lambdaOutage, lambdaThrottle } from "./lambda-concurrency.ts";
import { lambdaEnv } from "./lambda-env.ts";
import { none } from "./none.ts";

/** Every kind of fault. To add one: its file beside this one and a line here. */
const KINDS: { [K in FaultKindName]: FaultKind<Extract<FaultSpec, { kind: K }>, unknown> } = {
  "lambda-env": lambdaEnv,
  "lambda-outage": lambdaOutage,
  "lambda-throttle": lambdaThrottle,
  none,
};

type Json = z.core.util.JSONType;

/** A fault of whatever kind with its snapshot at hand. */
export interface Fault {
  snapshot(): Promise<Json>;
  apply(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["apply"]>;
  prove(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["prove"]>;
  undo(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["undo"]>;
  check(before: Json): ReturnType<FaultKind<FaultSpec, unknown>["check"]>;
  byHand(before: Json): string[];
}

/** The verbs for a fault: what the journal holds as `before` is parsed by the kind that wrote it. */
export function faultOf(spec: FaultSpec, plan: Plan, { clients, leases }: Pick<Runtime, "clients" | "leases">): Fault {
  const kind = KINDS[spec.kind] as FaultKind<FaultSpec, unknown>;
  const { target } = plan;
  const changing: Scene = { clients, target, fence: () => leases.mayChange(target.name, plan.id) };
  const undoing: Scene = { clients, target, fence: () => leases.mayUndo(target.name, plan.id) };
  return {
    snapshot: () => kind.snapshot(spec, changing) as Promise<Json>,
    apply: (before) => kind.apply(spec, kind.before.parse(before), changing),
    prove: (before) => kind.prove(spec, kind.before.parse(before), changing),
    undo: (before) => kind.undo(spec, kind.before.parse(before), undoing),
    check: (before) => kind.check(spec, kind.before.parse(before), undoing),
    byHand: (before) => kind.byHand(spec, kind.before.parse(before), undoing),
  };
}
