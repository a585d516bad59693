import { readGameDayArn, type Trigger } from "../../functions/runtime/trigger.ts";
import { startGameDay } from "../../functions/triggers/start-game-day.ts";
import { clientOf, type Interference, type Invocation, type Operations } from "../aws/operation.ts";
import type { Identities } from "../iam/identities.ts";
import type { Graph, Resource } from "../templates/cfn/graph.ts";
import { withinTimeout } from "./step-caller.ts";

/** The functions that schedules and rules call, by the names of their constructs. */
const TRIGGERS: ReadonlyMap<string, Trigger<unknown>> = new Map([[startGameDay.name, startGameDay]]);

/** The trigger behind a function of the templates, if it is one's: GameDay/Starts/StartGameDay/Function/Resource. */
export function triggerOf({ type, path }: Pick<Resource, "type" | "path">): Trigger<unknown> | undefined {
  return type === "AWS::Lambda::Function" ? TRIGGERS.get(path.split("/").at(-3) ?? "") : undefined;
}

interface Backends {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly sfn: Operations;
  readonly interfere: Interference;
  note(sentence: string): void;
}

interface RawFunction {
  readonly Role: string;
  readonly Timeout?: number;
  readonly Environment?: { readonly Variables?: Record<string, string> };
}

interface RawInvokeConfig {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
}

/** What Lambda waits before it calls a function again that has thrown (developer guide, "Asynchronous invocation"). */
const WAITS_SECONDS = [60, 120];

/**
 * Calls a trigger's code with what its function has in the template: its role decides what its client may do, its
 * environment says which state machine it starts. The call is asynchronous: what throws is tried again as the template
 * says, and the last error is for the destination of failures.
 */
export async function callTrigger(resource: Resource, event: unknown, backends: Backends): Promise<void> {
  const attempts = 1 + retriesOf(resource, backends.graph);
  for (let attempt = 1; ; attempt++) {
    try {
      await callOnce(resource, event, backends);
      return;
    } catch (error) {
      if (attempt < attempts) await seconds(WAITS_SECONDS[attempt - 1] ?? 0);
      else throw new Error(`${resource.path} failed ${attempts} times: ${(error as Error).message}`, { cause: error });
    }
  }
}

const seconds = (count: number) => new Promise<void>((resolve) => setTimeout(resolve, count * 1000));

function retriesOf({ name, arn }: Resource, graph: Graph): number {
  const [configured] = graph
    .ofType("AWS::Lambda::EventInvokeConfig")
    .map(({ properties }) => properties as unknown as RawInvokeConfig)
    .filter(({ FunctionName }) => FunctionName === name || FunctionName === arn);
  return configured?.MaximumRetryAttempts ?? WAITS_SECONDS.length;
}

function callOnce(resource: Resource, event: unknown, backends: Backends): Promise<unknown> {
  const { identities, interfere, sfn, note } = backends;
  const trigger = triggerOf(resource)!;
  const { Role, Timeout = 3, Environment } = resource.properties as unknown as RawFunction;
  const invocation: Invocation = { step: trigger.name, state: trigger.name, input: event, over: false };
  const runtime = {
    sfn: clientOf<never>(sfn, invocation, { service: "sfn", identity: identities.of(Role), identities, interfere }),
    gameDayArn: readGameDayArn(Environment?.Variables ?? {}),
    clock: { now: () => new Date() },
    note,
  };
  return withinTimeout(Timeout, invocation, () => trigger.call(event, runtime));
}
