import type { Graph, Resource } from "../cfn/graph.ts";
import { TemplateError } from "../cfn/intrinsics.ts";
import { checkPattern, type Event, matchesPattern } from "./patterns.ts";
import { type InputTransformer, transform, unknownVariables } from "./transformer.ts";

interface RuleTarget {
  readonly Arn: string;
  readonly Id: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputTransformer?: InputTransformer;
}

export interface Delivery {
  /** Path of the rule or schedule. */
  readonly rule: string;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly roleArn: string | undefined;
  readonly input: unknown;
}

/** What became of an event that a rule could not deliver: on AWS it lies in the dead-letter queue. */
export interface Undelivered {
  readonly rule: string;
  readonly reason: string;
}

export interface Bus {
  put(event: Event): void;
  /** Delivers what no event is behind, such as a schedule's. */
  send(delivery: Delivery): void;
  readonly undelivered: readonly Undelivered[];
}

/** What may happen to a delivery on its way: it is made once, on AWS at least once, perhaps later. */
export type Post = (deliver: () => void) => void;

/** The default event bus with the rules of the templates. */
export function createBus(
  graph: Graph,
  deliver: (delivery: Delivery) => Promise<void>,
  post: Post = (deliverNow) => deliverNow(),
): Bus {
  const rules = graph.ofType("AWS::Events::Rule");
  for (const rule of rules) {
    for (const target of targetsOf(rule)) checkTarget(rule, target);
    checkRule(rule);
  }
  const undelivered: Undelivered[] = [];
  const send = (delivery: Delivery) => {
    deliver(delivery).catch((error: Error) => undelivered.push({ rule: delivery.rule, reason: error.message }));
  };

  return {
    undelivered,
    send,
    put(event) {
      for (const rule of rules) {
        if (rule.properties.State === "DISABLED" || !rule.properties.EventPattern) continue;
        if (!matchesPattern(rule.properties.EventPattern, event)) continue;
        for (const target of targetsOf(rule)) {
          const delivery = {
            rule: rule.path,
            ruleArn: rule.arn ?? "",
            targetArn: target.Arn,
            roleArn: target.RoleArn,
            input: inputOf(target, event),
          };
          post(() => send(delivery));
        }
      }
    },
  };
}

const targetsOf = (rule: Resource) => (rule.properties.Targets ?? []) as RuleTarget[];

function checkRule({ path, properties }: Resource): void {
  try {
    if (properties.EventPattern) checkPattern(properties.EventPattern);
  } catch (error) {
    throw new TemplateError(`Rule ${path}: ${(error as Error).message}`);
  }
}

function checkTarget(rule: Resource, target: RuleTarget): void {
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
