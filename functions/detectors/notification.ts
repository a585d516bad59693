import { alarmOf } from "../../analysis/notices.ts";
import { cloudwatchAlarms } from "./cloudwatch-alarms.ts";
import type { Detector } from "./detector.ts";
import { readInbox } from "./inbox.ts";

/**
 * Would somebody have been told? Whether what an alarm sends to its topic has arrived in the target's inbox, a queue that
 * is subscribed like a phone or a chat. An alarm that goes off without an action tells nobody.
 */
export const notification: Detector = async (window, runtime) => {
  const messages = await readInbox(window, runtime);
  if (!messages) return { outcome: "could-not-tell", detail: `target "${window.plan.target.name}" has no inbox` };
  const told = messages.flatMap(({ at, body }) => {
    const notice = alarmOf(body);
    return notice && Date.parse(at) >= window.inEffectAt ? [{ at: Date.parse(at), ...notice }] : [];
  });
  const [first] = told;
  if (first) {
    const alarms = [...new Set(told.map(({ alarm }) => alarm))];
    return {
      outcome: "detected",
      detectedAt: first.at,
      detail: `topic ${first.topic} told of ${alarms.join(", then ")}`,
    };
  }
  const alarms = await cloudwatchAlarms(window, runtime, {});
  return {
    outcome: "not-detected",
    detail:
      alarms.outcome === "detected"
        ? `nothing arrived in the inbox, although ${alarms.detail}: has the alarm an action, and the topic a subscriber?`
        : "nothing arrived in the inbox",
  };
};
