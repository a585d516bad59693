import * as z from "zod";

/** One leg of a load profile: in so many seconds in a straight line to a rate; none at all is a jump. */
export const Stage = z.object({ rate: z.number().positive(), seconds: z.number().min(0) });
export type Stage = z.infer<typeof Stage>;

/** One load as its shards are told of it. */
export const PlannedLoad = z.object({
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().optional(),
  expectedStatus: z.array(z.int()),
  script: z.string().optional(),
  /** Requests a second over all shards; with stages the highest of theirs. */
  rate: z.number().positive(),
  /** Instead of the same rate throughout; the first stage's rate is where it begins. */
  stages: z.array(Stage).min(1).optional(),
  /** Longest wait for an answer; a request that takes longer has failed. */
  timeoutSeconds: z.number().positive(),
  shards: z.int().min(1),
  /** From its start to its natural end, all phases and allowances included. */
  durationSeconds: z.number().positive(),
});
export type PlannedLoad = z.infer<typeof PlannedLoad>;
