import type * as z from "zod";
import type { FaultKindName, FaultSpec } from "../../workflows/faults.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { lambdaEnv } from "./lambda-env.ts";
import { none } from "./none.ts";

/** Every kind of fault. To add one: its file beside this one and a line here. */
const KINDS: { [K in FaultKindName]: FaultKind<Extract<FaultSpec, { kind: K }>, never> } = {
  "lambda-env": lambdaEnv as FaultKind<Extract<FaultSpec, { kind: "lambda-env" }>, never>,
  none: none as FaultKind<Extract<FaultSpec, { kind: "none" }>, never>,
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
export function faultOf(spec: FaultSpec, scene: Scene): Fault {
  const kind = KINDS[spec.kind] as unknown as FaultKind<FaultSpec, unknown>;
  return {
    snapshot: () => kind.snapshot(spec, scene) as Promise<Json>,
    apply: (before) => kind.apply(spec, kind.before.parse(before), scene),
    prove: (before) => kind.prove(spec, kind.before.parse(before), scene),
    undo: (before) => kind.undo(spec, kind.before.parse(before), scene),
    check: (before) => kind.check(spec, kind.before.parse(before), scene),
    byHand: (before) => kind.byHand(spec, kind.before.parse(before), scene),
  };
}
