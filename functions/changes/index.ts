import type { FaultKindName, FaultSpec } from "../../workflows/faults.ts";
import type { Deployment } from "../../workflows/state.ts";
import type { Change } from "../journal/entry.ts";
import { apiThrottle } from "./api-throttle.ts";
import { dynamodbThrottle } from "./dynamodb-throttle.ts";
import { onEachFunction } from "./each-function.ts";
import { eventSourceOff } from "./event-source-off.ts";
import { fisLambdaDelay, fisLambdaError, fisLambdaHttpResponse } from "./fis/fis-lambda.ts";
import type { ChangeKind, FaultKind } from "./kind.ts";
import { lambdaOutage, lambdaThrottle } from "./lambda-concurrency.ts";
import { lambdaEnv } from "./lambda-env.ts";
import { lambdaVersion } from "./lambda-version.ts";
import { load } from "./load.ts";
import { none } from "./none.ts";
import { queueImpairment } from "./queue-impairment.ts";
import { ruleOff } from "./rule-off.ts";
import { stack } from "./stack.ts";
import { surge } from "./surge.ts";

type DeploymentKindName = Deployment["kind"];
type LoadChange = Extract<Change, { kind: "load" }>;
type Kinds = { readonly [K in FaultKindName]: FaultKind<Extract<FaultSpec, { kind: K }>, unknown> } & {
  readonly [K in DeploymentKindName]: ChangeKind<Extract<Deployment, { kind: K }>, unknown>;
} & { readonly load: ChangeKind<LoadChange, unknown> };

/** The same settings as those of a fault, and nothing waits for them: the warm-up lies between. */
const deployed = <Spec, Before>({ prove: _, ...kind }: FaultKind<Spec, Before>): ChangeKind<Spec, Before> => kind;

/** Every kind of change that gameday makes and takes back. To add one: its file beside this one and a line here. */
const KINDS: Kinds = {
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
  configuration: deployed(lambdaEnv),
  version: deployed(lambdaVersion),
  stack,
  load,
  none,
};

/** What a change is to be, with the kind of it. */
export function kindOf(change: Change): {
  kind: ChangeKind<unknown, unknown> & Partial<FaultKind<unknown, unknown>>;
  spec: object;
} {
  const spec = specOf(change);
  return { kind: KINDS[spec.kind] as FaultKind<unknown, unknown>, spec };
}

function specOf(change: Change): FaultSpec | Deployment | LoadChange {
  switch (change.kind) {
    case "fault":
      return change.fault.spec;
    case "deployment":
      return change.deployment;
    case "load":
      return change;
  }
}
