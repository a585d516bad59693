import { TestEventPatternCommand } from "@aws-sdk/client-eventbridge";
import { eventOf } from "../../analysis/notices.ts";
import type { Runtime } from "../runtime/step.ts";
import type { Detector } from "./detector.ts";
import { readInbox } from "./inbox.ts";

/**
 * Did an event arrive that matches the drill's pattern? Any product that puts events on a bus can be asked this way. The
 * target's stack says which events get into its inbox at all; EventBridge itself says whether one of them matches.
 */
export const events: Detector = async (window, runtime, { pattern }) => {
  const messages = await readInbox(window, runtime);
  if (!messages) return { outcome: "could-not-tell", detail: `target "${window.plan.target.name}" has no inbox` };
  let others = 0;
  for (const { at, body } of messages) {
    const event = eventOf(body);
    if (!event || Date.parse(at) < window.inEffectAt) continue;
    if (await matches(body, pattern, runtime)) {
      return { outcome: "detected", detectedAt: Date.parse(at), detail: `${event.source}: ${event["detail-type"]}` };
    }
    others++;
  }
  return {
    outcome: "not-detected",
    detail: others === 0 ? "no event arrived in the inbox" : `none of ${others} events in the inbox matches`,
  };
};

async function matches(Event: string, pattern: object | undefined, { clients }: Runtime): Promise<boolean> {
  const EventPattern = JSON.stringify(pattern);
  const { Result } = await clients.eventbridge.send(new TestEventPatternCommand({ EventPattern, Event }));
  return Result === true;
}
