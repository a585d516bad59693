import type { Graph } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { checkPattern, type Event, matchesPattern } from "./patterns.ts";
import { DEFAULT_BUS, type RuleRecord, type RuleTarget, readRules } from "./rules.ts";
import { transform, unknownVariables } from "./transformer.ts";

export interface Delivery {
  /** Path of the rule or schedule. */
  readonly rule: string;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly roleArn: string | undefined;
  /** The queue for what cannot be delivered. */
  readonly deadLetterArn?: string | undefined;
  readonly input: unknown;
}

/** What became of an event that a rule could not deliver: on AWS it lies in the dead-letter queue. */
export interface Undelivered {
  readonly rule: string;
  readonly reason: string;
}

export interface Bus {
  /** Puts an event on the bus of that name. Default: the account's own, on which the services put theirs. */
  put(event: Event, busName?: string): void;
  /** Delivers what no event is behind, such as a schedule's. */
  send(delivery: Delivery): void;
  readonly undelivered: readonly Undelivered[];
}

/** What may happen to a delivery on its way: it is made once, on AWS at least once, perhaps later. */
export type Post = (deliver: () => void) => void;

interface Surroundings {
  /** The rules as they are right now. Default: as in the templates. */
  readonly rules?: readonly RuleRecord[];
  /** What becomes of a delivery that failed, beside being listed. Default: nothing. */
  readonly putAside?: (delivery: Delivery, error: Error) => void;
}

/** The event buses with the rules of the templates. */
export function createBus(
  graph: Graph,
  deliver: (delivery: Delivery) => Promise<void>,
  post: Post = (deliverNow) => deliverNow(),
  { rules = readRules(graph), putAside = () => {} }: Surroundings = {},
): Bus {
  for (const rule of rules) {
    for (const target of rule.targets) checkTarget(rule, target);
    checkRule(rule);
  }
  const undelivered: Undelivered[] = [];
  const send = (delivery: Delivery) => {
    deliver(delivery).catch((error: Error) => {
      undelivered.push({ rule: delivery.rule, reason: error.message });
      putAside(delivery, error);
    });
  };

  return {
    undelivered,
    send,
    put(event, busName = DEFAULT_BUS) {
      for (const rule of rules) {
        if (rule.busName !== busName || rule.state === "DISABLED" || !rule.pattern) continue;
        if (!matchesPattern(rule.pattern, event)) continue;
        for (const target of rule.targets) {
          const delivery = {
            rule: rule.path,
            ruleArn: rule.arn,
            targetArn: target.Arn,
            roleArn: target.RoleArn,
            deadLetterArn: target.DeadLetterConfig?.Arn,
            input: inputOf(target, event),
          };
          post(() => send(delivery));
        }
      }
    },
  };
}

function checkRule({ path, pattern }: RuleRecord): void {
  try {
    if (pattern) checkPattern(pattern);
  } catch (error) {
    throw new TemplateError(`Rule ${path}: ${(error as Error).message}`);
  }
}

function checkTarget(rule: RuleRecord, target: RuleTarget): void {
  const unknown = target.InputTransformer ? unknownVariables(target.InputTransformer) : [];
  if (unknown.length > 0) {
    throw new TemplateError(
      `Rule ${rule.path}, target ${target.Id}: its input template uses <${unknown.join(">, <")}>, which its InputPathsMap does not have (${Object.keys(target.InputTransformer?.InputPathsMap ?? {}).join(", ")}). EventBridge would refuse it.`,
    );
  }
}

function inputOf({ Input, InputTransformer }: RuleTarget, event: Event): unknown {
  if (InputTransformer) return transform(InputTransformer, event);
  return Input === undefined ? event : JSON.parse(Input);
}
