import { blackoutAt } from "../../workflows/blackouts.ts";
import { StartOrder } from "../../workflows/start-order.ts";
import { type InputTransformer, transform } from "../aws/eventbridge/transformer.ts";
import { readSchedule } from "../aws/scheduler/schedules.ts";
import type { Graph, Resource } from "../templates/cfn/graph.ts";
import { triggerOf } from "./triggers.ts";

/** What starts game days by itself, as the templates have it. */
export interface ListedStart {
  readonly name: string;
  /** Absent when it comes from the event. */
  readonly drill: string | undefined;
  readonly enabled: boolean;
  readonly timeZone: string;
  readonly blackouts: readonly string[];
  /** For a schedule: its expression, its window, and its next times that are in no blackout. */
  readonly schedule?: { readonly expression: string; readonly windowMinutes: number; readonly next: readonly Date[] };
  /** For a rule: the events that it is for. */
  readonly event?: object;
}

/** More times than this are not looked through for one that is in no blackout. */
const MOST_LOOKED_AT = 1000;

/** Everything in the templates that starts game days, with so many of its next times. */
export function startsOf(graph: Graph, now: Date, times: number): ListedStart[] {
  const starting = (target: { Arn?: string } | undefined) => {
    const called = graph.byArn(target?.Arn ?? "");
    return called !== undefined && triggerOf(called) !== undefined;
  };
  const schedules = graph
    .ofType("AWS::Scheduler::Schedule")
    .filter(({ properties }) => starting(properties.Target as { Arn?: string }))
    .map((resource) => listSchedule(resource, now, times));
  const rules = graph
    .ofType("AWS::Events::Rule")
    .filter(({ properties }) => (properties.Targets as { Arn?: string }[] | undefined)?.some(starting))
    .map((resource) => listRule(resource, now));
  return [...schedules, ...rules];
}

function listSchedule(resource: Resource, now: Date, times: number): ListedStart {
  const schedule = readSchedule(resource, now);
  const { start, input, timeZone, blackouts } = StartOrder.parse(schedule.delivery(now).input);
  const next: Date[] = [];
  let moment = schedule.after(now);
  for (let looked = 0; moment && next.length < times && looked < MOST_LOOKED_AT; looked++) {
    if (blackoutAt(moment, timeZone, blackouts) === undefined) next.push(moment);
    moment = schedule.after(moment);
  }
  const { expression, windowMinutes, enabled } = schedule;
  return { ...common(start, input.drill), enabled, timeZone, blackouts, schedule: { expression, windowMinutes, next } };
}

function listRule({ properties }: Resource, now: Date): ListedStart {
  const [target] = properties.Targets as { InputTransformer: InputTransformer }[];
  // Any event will do: what is asked for here is the same for all of them.
  const event = { id: "any", source: "any", "detail-type": "any", time: now.toISOString(), detail: {} };
  const { start, input, timeZone, blackouts } = StartOrder.parse(transform(target!.InputTransformer, event));
  const enabled = properties.State !== "DISABLED";
  return { ...common(start, input.drill), enabled, timeZone, blackouts, event: properties.EventPattern as object };
}

const common = (name: string, drill: unknown) => ({
  name,
  drill: typeof drill === "string" && drill !== "" ? drill : undefined,
});
