import type { Injection } from "../stand-in/aws/fis/extension.ts";
import type { FunctionRecord } from "../stand-in/aws/lambda/operations.ts";
import type { Versioning } from "../stand-in/aws/lambda/versions.ts";
import type { Services } from "../stand-in/aws/services.ts";
import type { Graph } from "../stand-in/templates/cfn/graph.ts";
import type { Target } from "../workflows/state.ts";
import { FRONT, isEphemeral, PUBLISHED } from "./drills.ts";
import { Operator } from "./operators.ts";
import type { Scenario } from "./scenario.ts";
import type { SimulatedUpdates } from "./simulated-updates.ts";
import { type Records, TargetState } from "./target-state.ts";
import type { Serving } from "./traffic.ts";

interface Options {
  readonly graph: Graph;
  readonly aws: Services;
  readonly updates: SimulatedUpdates;
  readonly target: Target;
  readonly scenario: Scenario;
}

/** The target's own resources, and who changes them beside the steps. */
interface SimulatedTarget {
  readonly state: TargetState;
  readonly operator: Operator;
  /** All of it is new, as its stack deploys it. */
  redeploy(): void;
  /** @param injectionsOf what experiments do to a function with these variables */
  serving(injectionsOf: (record: FunctionRecord, variables: Record<string, string>) => readonly Injection[]): Serving;
}

export function simulatedTarget({ graph, aws, updates, target, scenario }: Options): SimulatedTarget {
  const { inEffect } = updates;
  const records: Records = { target, aws, inEffect };
  publishMore(aws.versioning);
  if (!isEphemeral(scenario.target)) setUpBefore(records, scenario);
  const front = graph.byName("AWS::Lambda::Function", frontOf(records, scenario).name)!;
  const state = new TargetState(records, () => aws.isThere(front));
  const { apigateway, dynamodb, lambda, sqs } = aws.services;
  const byHand = {
    apigateway: apigateway.operations,
    sqs: sqs.operations,
    tables: dynamodb.operations,
    lambda: updates.byHand(lambda.operations),
  };
  return {
    state,
    operator: new Operator(records, state, byHand),
    redeploy: redeploymentOf(records),
    serving(injectionsOf) {
      const record = frontOf(records, scenario);
      const { aliases, versions, serving } = aws.versioning;
      const called = [...aliases.values()].find(({ of }) => of === record)?.arn ?? record.arn;
      // A version is what it was when it was published; what serves else is what is in effect.
      const variables = () => versions.get(serving(called))?.variables ?? inEffect.get(record.name)!;
      const [behind] = Object.values(target.tables ?? {});
      return {
        record,
        variables,
        injections: () => injectionsOf(record, variables()),
        mostWrites: () => (behind === undefined ? undefined : aws.throughput.records.get(behind)!.most.write),
      };
    },
  };
}

const frontOf = ({ target, aws }: Records, scenario: Scenario): FunctionRecord =>
  aws.functions.get(target.functions[FRONT[scenario.target]]!)!;

/** Makes everything that game days change in a stack of their own as it is now. */
function redeploymentOf({ aws, inEffect }: Records): () => void {
  const deployed = aws.parts
    .filter(({ field }) => field === "function" || field === "table")
    .map((part) => ({ part, state: part.read() }));
  return () => {
    for (const { part, state } of deployed) part.write(state);
    for (const record of aws.functions.values()) {
      record.lastUpdateStatus = "Successful";
      inEffect.set(record.name, { ...record.variables });
    }
  };
}

/** Versioning that nobody has taken yet: the same as the one that serves. */
function publishMore({ aliases, publish }: Versioning): void {
  for (const { of } of aliases.values()) for (const _ of Object.values(PUBLISHED)) publish(of);
}

/** What stands there before the first game day, where it is not as deployed. */
function setUpBefore(records: Records, scenario: Scenario): void {
  const { target, aws } = records;
  const { reserved, limitless, mostWrites } = scenario.before;
  if (reserved !== undefined) frontOf(records, scenario).reservedConcurrency = reserved;
  for (const id of Object.values(target.usagePlans ?? {})) {
    if (limitless) delete aws.plans.records.get(id)!.throttle;
  }
  for (const name of Object.values(target.tables ?? {})) {
    if (mostWrites !== undefined) aws.throughput.records.get(name)!.most = { write: mostWrites };
  }
}
