import * as z from "zod";
import { resultKey } from "../../workflows/names.ts";
import type { Plan } from "../../workflows/state.ts";
import type { Results } from "./results.ts";

/** `announced.json`: what people were told last. */
const Announcement = z.object({
  headline: z.string(),
  /** The report that it points to was there. */
  reported: z.boolean(),
});
export type Announcement = z.infer<typeof Announcement>;

type Bucket = { results: Pick<Results, "getJson" | "putJson"> };
const keyOf = (plan: Plan) => resultKey(plan.id, "announced.json");

export const readAnnouncement = (plan: Plan, { results }: Bucket): Promise<Announcement | undefined> =>
  results.getJson(keyOf(plan), Announcement);

export const keepAnnouncement = (plan: Plan, announcement: Announcement, { results }: Bucket): Promise<void> =>
  results.putJson(keyOf(plan), announcement);

/** People know how the game day ended, and where its report is. */
export const wasAnnounced = async (plan: Plan, bucket: Bucket): Promise<boolean> =>
  (await readAnnouncement(plan, bucket))?.reported === true;
