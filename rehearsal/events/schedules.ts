import type { Graph } from "../cfn/graph.ts";
import { TemplateError } from "../cfn/intrinsics.ts";
import type { Delivery } from "./bus.ts";

interface RawSchedule {
  ScheduleExpression: string;
  State?: string;
  Target: { Arn: string; RoleArn: string; Input?: string };
}

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 24 * 60 };

/** EventBridge Scheduler with the schedules of the templates. Returns what ends it. */
export function startSchedules(graph: Graph, deliver: (delivery: Delivery) => void): () => void {
  const timers = graph.ofType("AWS::Scheduler::Schedule").flatMap(({ path, properties }) => {
    const { ScheduleExpression, State, Target } = properties as unknown as RawSchedule;
    if (State === "DISABLED") return [];
    const input: unknown = JSON.parse(Target.Input ?? "{}");
    const everyMs = minutesOf(ScheduleExpression, path) * 60_000;
    const fire = () => deliver({ rule: path, targetArn: Target.Arn, roleArn: Target.RoleArn, input });
    return setInterval(fire, everyMs).unref();
  });
  return () => timers.forEach(clearInterval);
}

function minutesOf(expression: string, path: string): number {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (!value || !unit) throw new TemplateError(`Schedule ${path}: ${expression} is not played, only rate(…).`);
  return Number(value) * MINUTES[unit]!;
}
