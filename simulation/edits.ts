import { FRONT, PUBLISHED, type TargetName } from "./drills.ts";
import type { Random } from "./random.ts";

/** What a person does to the target, by the names that its description gives. */
export type HandEdit =
  /** Undefined deletes the variable. */
  | {
      readonly kind: "variable";
      readonly function: string;
      readonly key: string;
      readonly value: string | undefined;
    }
  /** A statement of their own in a queue's policy. */
  | { readonly kind: "statement"; readonly queue: string; readonly sid: string }
  | { readonly kind: "batch size"; readonly eventSource: string; readonly size: number }
  | { readonly kind: "rate"; readonly usagePlan: string; readonly rate: number }
  | { readonly kind: "read maximum"; readonly table: string; readonly units: number }
  | { readonly kind: "alias version"; readonly alias: string; readonly version: string };

export type Edit = HandEdit & { readonly atSeconds: number };

type Kind = HandEdit["kind"];

const KINDS: Readonly<Record<TargetName, readonly Kind[]>> = {
  orders: ["variable", "variable", "variable", "read maximum"],
  "notifications-flow-control": ["variable", "statement", "statement", "batch size", "rate"],
  "orders-releases": ["variable", "alias version", "alias version"],
  // Drawn and not made: nobody edits a stack that is there for one game day.
  "orders-ephemeral": ["variable"],
};

/** The operation of a step → what somebody changes who overtakes it. */
const LIKEWISE: Readonly<Record<string, Kind>> = {
  SetQueueAttributes: "statement",
  UpdateEventSourceMapping: "batch size",
  UpdateUsagePlan: "rate",
  UpdateTable: "read maximum",
  UpdateAlias: "alias version",
};

/** Numbers are small where the function reads them, and none is a fault's own. */
function drawOf(kind: Kind, random: Random, target: TargetName, number: number): HandEdit {
  switch (kind) {
    case "variable": {
      const key = random.pick(["INJECT_LATENCY", "FAILURE_RATE", "FEATURE", "LOG_LEVEL", "RELEASE"]);
      const value = random.chance(0.2) ? undefined : `0.00${number}${random.integer(1, 9)}`;
      return { kind, function: FRONT[target], key, value };
    }
    case "statement":
      return { kind, queue: "deliveries", sid: `Theirs${number}` };
    case "batch size":
      return { kind, eventSource: "deliveries", size: random.integer(2, 9) };
    case "rate":
      return { kind, usagePlan: "slow-api", rate: random.integer(20, 99) };
    case "read maximum":
      return { kind, table: "orders", units: random.integer(100, 900) };
    case "alias version":
      return { kind, alias: "live", version: PUBLISHED.byPeople };
  }
}

/** @param number keeps what two people do apart */
export const drawEdit = (random: Random, target: TargetName, number: number): HandEdit =>
  drawOf(random.pick(KINDS[target]), random, target, number);

/** What somebody does who overtakes a call of the operation: the same thing is changed, or a variable. */
export const drawOvertaking = (operation: string, random: Random, target: TargetName, number: number): HandEdit =>
  drawOf(LIKEWISE[operation] ?? "variable", random, target, number);
