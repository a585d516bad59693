import { readdirSync } from "node:fs";
import { Aws, type Duration, Token } from "aws-cdk-lib";
import type { EventPattern } from "aws-cdk-lib/aws-events";
import { Blackout } from "../workflows/blackouts.ts";
import { isTimeZone } from "../workflows/local-time.ts";
import { StartName } from "../workflows/start-order.ts";
import { fromRoot } from "./code.ts";

interface AnyStart {
  /** Begins the names of its game days: lower-case letters, digits and `-`, at most 40. */
  readonly name: string;
  /** Name of a shipped drill. Of an event it may be a field too: `EventField.fromPath("$.detail.drill")`. */
  readonly drill: string;
  /** Whose dates the blackouts are, and a schedule's times. Default: UTC. */
  readonly timeZone?: string;
  /** No game day starts on these dates: `2026-12-24`, or the first and the last of several, `2026-12-21/2027-01-03`. */
  readonly blackouts?: readonly string[];
  /** Default: true. Otherwise it is deployed and does nothing. */
  readonly enabled?: boolean;
}

/** Game days at certain times, by EventBridge Scheduler. */
export interface ScheduledStart extends AnyStart {
  /**
   * `cron(0 10 ? * TUE *)`, `rate(7 days)` or `at(2026-12-01T10:00:00)`, by the clocks of the time zone. A rate without
   * `from` begins as soon as it is deployed (EventBridge Scheduler user guide, "Rate-based schedules").
   */
  readonly schedule: string;
  /** It starts at some moment within so long after its time. Default: at its time. */
  readonly window?: Duration;
  readonly from?: Date;
  readonly until?: Date;
}

/** A game day whenever something happened, by a rule on the default event bus. */
export interface EventStart extends AnyStart {
  readonly event: EventPattern;
}

export type Start = ScheduledStart | EventStart;

/** After CloudFormation has created or updated a stack of this account and region. */
export const deploymentOf = (stackName: string): EventPattern => ({
  source: ["aws.cloudformation"],
  detailType: ["CloudFormation Stack Status Change"],
  detail: {
    "stack-id": [{ prefix: `arn:${Aws.PARTITION}:cloudformation:${Aws.REGION}:${Aws.ACCOUNT_ID}:stack/${stackName}/` }],
    "status-details": { status: ["CREATE_COMPLETE", "UPDATE_COMPLETE"] },
  },
});

/** What starts game days by itself, beside the console and the command line. `docs/starting.md` says more. */
export const STARTS: readonly Start[] = [
  {
    name: "weekly",
    drill: "gray-latency",
    schedule: "cron(0 10 ? * TUE *)",
    timeZone: "Europe/Berlin",
    blackouts: ["2026-12-21/2027-01-03"],
    enabled: false,
  },
  {
    name: "after-deployment",
    drill: "error-burst",
    event: deploymentOf("Orders"),
    timeZone: "Europe/Berlin",
    blackouts: ["2026-12-21/2027-01-03"],
    enabled: false,
  },
];

/** Throws one list of whatever is wrong with the settings, so that nothing wrong is deployed. */
export function checkStarts(starts: readonly Start[]): void {
  const names = starts.map(({ name }) => name);
  const problems = starts.flatMap((start, index) => [
    ...problemsOf(start),
    ...(names.indexOf(start.name) < index ? ["expected a name of its own; found another start of this name"] : []),
  ]);
  if (problems.length > 0) throw new Error(`The starts of game days have mistakes:\n${problems.join("\n")}`);
}

function problemsOf({ name, drill, timeZone = "UTC", blackouts = [] }: Start): string[] {
  const problems: string[] = [];
  const refuse = (expected: string, found: string) => problems.push(`start "${name}": ${expected}, found "${found}"`);
  const named = StartName.safeParse(name);
  if (!named.success) refuse(named.error.issues[0]!.message, name);
  if (!Token.isUnresolved(drill) && !shippedDrills().includes(drill)) {
    refuse(`expected the name of a drill: ${shippedDrills().join(", ")}`, drill);
  }
  if (!isTimeZone(timeZone)) refuse("expected a time zone such as Europe/Berlin", timeZone);
  for (const blackout of blackouts) {
    const { success, error } = Blackout.safeParse(blackout);
    if (!success) refuse(error.issues[0]!.message, blackout);
  }
  return problems;
}

const shippedDrills = (): string[] =>
  readdirSync(fromRoot("workflows/drills"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();
