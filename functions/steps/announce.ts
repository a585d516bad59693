import { PublishCommand } from "@aws-sdk/client-sns";
import * as z from "zod";
import { resultKey } from "../../workflows/names.ts";
import { Result } from "../../workflows/result.ts";
import { Plan } from "../../workflows/state.ts";
import { keepAnnouncement, readAnnouncement } from "../runtime/announcement.ts";
import { step } from "../runtime/step.ts";

/** SNS allows 100 characters of ASCII in a subject. */
const SUBJECT_LENGTH = 100;

/** The whole state: whether there is a report to point to is in it. */
const AnnounceInput = z.object({ plan: Plan, report: z.object({ report: z.string() }).optional() });

/** Tells people the answer in one sentence, and what to do by hand if something could not be put back. */
export const announce = step("Announce", AnnounceInput, async ({ plan, report }, runtime) => {
  const { clients, configuration, results } = runtime;
  const result = await results.getJson(resultKey(plan.id, "result.json"), Result);
  const headline = result?.restored.ok === false ? "NOT RESTORED" : (result?.verdict ?? "no result");
  const announcement = { headline, reported: report !== undefined };
  // A second safety net has nothing new to say; another attempt of this step may say it twice.
  if ((await readAnnouncement(plan, runtime))?.headline !== headline) {
    const lines = [
      result?.sentence ?? `Game day ${plan.id} ended without a result: look at its execution ${plan.executionArn}.`,
      ...(result && !result.restored.ok ? ["", "To put back by hand:", ...result.restored.byHand] : []),
      "",
      `Report: s3://${configuration.resultsBucket}/${resultKey(plan.id, "report.html")}`,
    ];
    await clients.sns.send(
      new PublishCommand({
        TopicArn: configuration.topicArn,
        Subject: `gameday ${plan.drill} on ${plan.target.name}: ${headline}`.slice(0, SUBJECT_LENGTH),
        Message: lines.join("\n"),
      }),
    );
  }
  await keepAnnouncement(plan, announcement, runtime);
  return announcement;
});
