import * as z from "zod";
import { Duration } from "./duration.ts";
import { faultWith } from "./faults.ts";
import { LambdaEnvFault } from "./function-faults.ts";
import { FunctionName } from "./function-name.ts";
import { Guard } from "./guard.ts";
import { Objective } from "./objectives.ts";
import { eitherOf } from "./problem.ts";
import { LambdaVersionFault } from "./published-versions.ts";

/** Who may notice. To add one: its name here, its file in `functions/detectors`. */
export const DETECTORS = [
  "load-comparison",
  "cloudwatch-alarms",
  "function-metrics",
  "devops-guru",
  "notification",
  "events",
  "self-healing",
] as const;
export type DetectorName = (typeof DETECTORS)[number];

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: "expected a name of lower-case letters, digits and -, at most 40 long",
});

const EventPattern = z.record(z.string(), z.json(), {
  error: "expected an EventBridge pattern, such as source: [my.tool]",
});

/** What the drill expects of a detector during a fault. */
export const Expectation = z
  .strictObject({
    detector: z.enum(DETECTORS, { error: `expected a detector: ${eitherOf(DETECTORS)}` }),
    outcome: z
      .enum(["detected", "not-detected", "any"], { error: "expected an outcome: detected, not-detected or any" })
      .meta({ description: "`any` reports the detector without judging it." }),
    within: Duration.optional().meta({ description: "Only with `detected`: the longest time to detect that passes." }),
    pattern: EventPattern.optional().meta({
      description: "Only with `events`: an EventBridge pattern that an event has to match.",
    }),
  })
  .refine(({ detector, pattern }) => (detector === "events") === (pattern !== undefined), {
    path: ["pattern"],
    error: "expected a pattern with the detector events, and with no other",
  });
export type Expectation = z.infer<typeof Expectation>;

const Fault = faultWith({
  name: Name,
  duration: Duration,
  expect: z.array(Expectation).min(1, { error: "expected at least one expectation: without one nothing is tested" }),
  objectives: z
    .array(Objective)
    .default([])
    .meta({ description: "What has to hold although the fault acts, in numbers; judged beside the expectations." }),
});

const Request = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  path: z.string().startsWith("/", { error: "expected a path that begins with /" }),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.json().optional().meta({ description: "Sent as JSON unless it is text." }),
  expectedStatus: z.array(z.int().min(100).max(599)).min(1).default([200]),
});

const Load = z.strictObject({
  rate: z.number().positive().max(10_000).meta({ description: "Arrival rate, requests a second over all shards." }),
  request: Request.optional(),
  script: z
    .string()
    .regex(/^[\w.-]+\.[jt]s$/, { error: "expected the name of a script in loadgen/scripts, such as checkout.ts" })
    .optional()
    .meta({ description: "A k6 script of your own instead of `request`." }),
  timeout: Duration.prefault("10s"),
  shards: z.int().min(1).max(1, { error: "expected 1: more than one shard is not supported yet" }).default(1),
});

const Recovery = z.strictObject({
  within: Duration.meta({ description: "How long after the undo the system has to be as good as its baseline." }),
  margin: z
    .number()
    .min(0.01)
    .max(2)
    .default(0.25)
    .meta({ description: "How much slower than the baseline still counts as recovered: 0.25 is a quarter." }),
});

const Deploy = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("none") }),
    LambdaEnvFault.extend({ kind: z.literal("configuration"), function: FunctionName }),
    LambdaVersionFault.extend({ kind: z.literal("version") }),
    z.strictObject({ kind: z.literal("stack") }),
  ],
  { error: 'expected a kind of deployment: "none", "configuration", "version" or "stack"' },
);

const Rehearsal = z.strictObject({
  rate: z.number().positive().max(500).meta({ description: "Arrival rate on a laptop, requests a second." }),
  timeout: Duration.prefault("2s"),
  warmUp: Duration,
  baseline: Duration,
  fault: Duration.meta({ description: "How long each fault lasts." }),
  recovery: Duration,
  within: Duration.optional().meta({ description: "Replaces `within` of expectations that are `detected`." }),
  guardFor: Duration.optional().meta({ description: "Replaces `for` of the guard's limits." }),
  alarmPeriod: Duration.optional().meta({
    description: "Alarm periods are shortened to this; the report says so. Default: as in the template.",
  }),
});

const NOT_A_DRILL = "expected a drill, with name, title, target, load, baseline, faults and so on";

/** A drill: what to do to a target, and who is expected to notice. The YAML files in `workflows/drills` are this. */
export const Drill = z
  .strictObject(
    {
      name: Name,
      title: z.string().min(1).max(120),
      hypothesis: z.string().min(1).max(600).meta({ description: "What should happen, in one or two sentences." }),
      target: Name,
      deploy: Deploy.default({ kind: "none" }),
      load: Load,
      warmUp: Duration,
      baseline: Duration,
      faults: z.array(Fault).min(1).max(10),
      recovery: Recovery,
      guard: Guard.optional().meta({ description: "Limits that end the game day early, whatever phase it is in." }),
      startsInAlarm: z
        .boolean()
        .default(false)
        .meta({ description: "Starts although an alarm of the target is on, unless the guard has that alarm too." }),
      comparison: z
        .strictObject({ block: Duration.prefault("30s") })
        .prefault({})
        .meta({ description: "How long the pieces are in which load is compared with its baseline." }),
      rehearsal: Rehearsal,
    },
    { error: ({ code }) => (code === "invalid_type" ? NOT_A_DRILL : undefined) },
  )
  .refine((drill) => (drill.load.request === undefined) !== (drill.load.script === undefined), {
    path: ["load"],
    error: "expected either `request` or `script`",
  })
  .refine((drill) => new Set(drill.faults.map((fault) => fault.name)).size === drill.faults.length, {
    path: ["faults"],
    error: "expected a different name for each fault",
  });
/** A drill as the steps use it: durations are seconds, defaults are filled in. */
export type Drill = z.infer<typeof Drill>;
