import * as z from "zod";

/** One series of CloudWatch. `Sum` adds up over a window, `Maximum` and percentiles are those of its worst period. */
export const MetricRef = z.object({
  namespace: z.string(),
  name: z.string(),
  dimensions: z.record(z.string(), z.string()),
  stat: z.string().regex(/^(Sum|Maximum|p\d{1,2}(\.\d+)?)$/),
});
export type MetricRef = z.infer<typeof MetricRef>;

/** A number that a target names in its description, so that drills can ask for it: one series, or one by another. */
export const Measure = z.object({
  /** What it is, for people: "delivered, of those accepted". */
  title: z.string(),
  unit: z.enum(["share", "count", "milliseconds"]),
  of: MetricRef,
  /** A share or an average: divided by this. */
  per: MetricRef.optional(),
});
export type Measure = z.infer<typeof Measure>;

/** Measures of the load itself, which every target has; those of the surge only where the fault is one. */
export const LOAD_MEASURES = ["load-failed", "load-p99"] as const;
export const SURGE_MEASURES = ["surge-failed", "surge-p99"] as const;

/** What a measure has to be while a fault lasts, and until the system had its time to recover. */
export const Objective = z
  .strictObject({
    measure: z.string().meta({
      description:
        "A measure of the target's description; or load-failed (a share), load-p99 (milliseconds), and with a surge surge-failed, surge-p99.",
    }),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
  })
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, {
    error: "expected atLeast, atMost or both",
  });
export type Objective = z.infer<typeof Objective>;

/** The measures that a fault's objectives may name. */
export const measuresOf = (target: { measures?: Readonly<Record<string, Measure>> | undefined }, isSurge: boolean) => [
  ...LOAD_MEASURES,
  ...(isSurge ? SURGE_MEASURES : []),
  ...Object.keys(target.measures ?? {}),
];
