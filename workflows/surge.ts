import * as z from "zod";
import { DurationText, parseDuration } from "./duration.ts";
import { faultKind } from "./fault-kind.ts";
import type { PlannedLoad, Stage } from "./load.ts";

const RATE = "expected requests a second, more than 0 and at most 10000";

/** A step of the surge: the arrival rate goes in a straight line to `rate`, or jumps there with `over: 0s`. */
const SurgeStage = z.strictObject({
  rate: z
    .number({ error: RATE })
    .positive({ error: RATE })
    .max(10_000, { error: RATE })
    .meta({ description: "Requests a second at the end of the stage, beside those of the load." }),
  over: DurationText.meta({ description: "How long it takes to get there; 0s is a jump." }),
});

/** More of the same requests, beside the load, as a load profile: what is there when many come at once. */
export const SurgeFault = z.strictObject({
  kind: z.literal("surge"),
  stages: z
    .array(SurgeStage)
    .min(1, { error: "expected at least one stage" })
    .max(20, { error: "expected at most 20 stages" })
    .refine((stages) => stages.some(({ over }) => parseDuration(over) > 0), {
      error: "expected a stage that takes time",
    }),
});
export type SurgeFault = z.infer<typeof SurgeFault>;

export const isSurge = <Spec extends { kind: string }>(spec: Spec): spec is Extract<Spec, SurgeFault> =>
  spec.kind === "surge";

/**
 * The surge as a load of its own: the same requests, in stages that together last as long as the fault. The last rate is
 * held for `holdSeconds` more, so that the surge is ended by its undo and not by itself.
 */
export function planSurge(
  { stages }: SurgeFault,
  load: PlannedLoad,
  { durationSeconds, holdSeconds }: { durationSeconds: number; holdSeconds: number },
): PlannedLoad {
  const total = stages.reduce((sum, { over }) => sum + parseDuration(over), 0);
  const scaled = stages.map(
    ({ rate, over }): Stage => ({ rate, seconds: Math.round((parseDuration(over) / total) * durationSeconds) }),
  );
  return {
    ...load,
    rate: Math.max(...stages.map(({ rate }) => rate)),
    stages: [...scaled, { rate: scaled.at(-1)!.rate, seconds: holdSeconds }],
    durationSeconds: durationSeconds + holdSeconds,
  };
}

/** `2/s for 1m, to 5/s in 2m, 4/s at once` */
function surgeText({ stages }: SurgeFault): string {
  return stages
    .map(({ rate, over }, index) => {
      if (parseDuration(over) === 0) return `${rate}/s at once`;
      return rate === stages[Math.max(0, index - 1)]!.rate ? `${rate}/s for ${over}` : `to ${rate}/s in ${over}`;
    })
    .join(", ");
}

export const SURGE_FAULTS = {
  surge: faultKind(SurgeFault, {
    change: (spec) => `more of the same requests beside the load: ${surgeText(spec)}`,
    undo: () => "its load tasks, found by their mark, are stopped; left alone they end by themselves",
    example: {
      kind: "surge",
      stages: [
        { rate: 5, over: "1m" },
        { rate: 20, over: "0s" },
      ],
    },
  }),
};
