import type { FaultSpec } from "../workflows/faults.ts";
import { resourcesIn } from "../workflows/resources.ts";
import { partName, type State, type TargetState } from "./target-state.ts";

type Variables = Readonly<Record<string, string>>;
type Kinds = {
  readonly [Kind in FaultSpec["kind"]]?: (spec: Extract<FaultSpec, { kind: Kind }>, state: State) => boolean;
};

/** What the target's own state shows of each kind of fault while it acts. */
const SHOWN: Kinds = {
  "lambda-env": ({ set }, { inEffect }) =>
    Object.entries(set).every(([key, value]) => (inEffect as Variables)[key] === value),
  "lambda-version": (wanted, { version }) => version === wanted.version,
  "lambda-outage": (_, { reservedConcurrency }) => reservedConcurrency === 0,
  "lambda-throttle": ({ concurrency }, { reservedConcurrency }) => reservedConcurrency === concurrency,
  "event-source-off": (_, { enabled }) => enabled === false,
  "queue-impairment": (_, { Policy }) => (JSON.stringify(Policy) ?? "").includes("GamedayImpairment"),
  "rule-off": (_, { state }) => state === "DISABLED",
  "api-throttle": (wanted, { rate, burst }) => rate === wanted.rate && burst === wanted.burst,
  "dynamodb-throttle": ({ maxWriteUnits }, { write }) => write === maxWriteUnits,
};

/** Whether a fault was ever in effect in all that it changes; true of kinds that leave the target's state alone. */
export function wasInEffect(spec: FaultSpec, state: TargetState): boolean {
  const shown = SHOWN[spec.kind] as ((spec: FaultSpec, state: State) => boolean) | undefined;
  if (!shown) return true;
  const parts = resourcesIn(spec).map(({ field, name }) => partName(field, name));
  return parts.every((part) => state.wasEver(part, (seen) => shown(spec, seen)));
}
