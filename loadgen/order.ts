import * as z from "zod";
import { PlannedLoad } from "../workflows/load.ts";

/** `load/order.json`: what each shard does, written by StartLoad before the tasks start. */
export const LoadOrder = z.object({
  gameDay: z.string(),
  load: PlannedLoad,
  /** k6 execution segment of each shard, such as `["0:1/2", "1/2:1"]`. */
  segments: z.array(z.string()),
  /** k6's `--execution-segment-sequence`, such as `0,1/2,1`. */
  sequence: z.string(),
});
export type LoadOrder = z.infer<typeof LoadOrder>;

/** `load/ready/NNN.json` */
export const Ready = z.object({ shard: z.int(), readyAt: z.iso.datetime(), k6: z.string() });
export type Ready = z.infer<typeof Ready>;

/** `load/start.json` */
export const LoadStart = z.object({ startAt: z.iso.datetime() });
export type LoadStart = z.infer<typeof LoadStart>;

/** `load/ended/NNN.json`. k6's exit code is data: 0 natural end, 105 stopped by a signal, see k6's exit codes. */
export const Ended = z.object({
  shard: z.int(),
  endedAt: z.iso.datetime(),
  exitCode: z.int().nullable(),
  /** Unix milliseconds of the first request's start. */
  firstRequestAt: z.number().optional(),
  requests: z.int(),
  dropped: z.int(),
  /** The last lines that k6 logged, when it did not end by itself or by our signal. */
  log: z.array(z.string()),
});
export type Ended = z.infer<typeof Ended>;
