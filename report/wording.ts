import { failureText } from "../analysis/wording.ts";
import type { DeployedStack, Detection, FaultResult, Result } from "../workflows/result.ts";

/** Names and numbers as all the files of a game day show them. */

const DETECTOR_NAMES: Record<string, string> = {
  "cloudwatch-alarms": "the alarms",
  "devops-guru": "DevOps Guru",
  "function-metrics": "the functions' metrics",
  notification: "a notification",
  events: "an event",
  "self-healing": "the system's own healing",
};
export const detectorName = (detector: string) => DETECTOR_NAMES[detector] ?? detector;

/** `12 s`, `4 min 30 s`, `2 h 5 min` */
export function secondsText(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  if (rounded < 120) return `${rounded} s`;
  const [minutes, rest] = [Math.floor(rounded / 60), rounded % 60];
  if (minutes < 120) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Time since the start on a clock's face: `1:05`, `2:03:00`. */
export function elapsedText(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `2026-11-21 09:31:56 UTC` */
export const instantText = (instant: string) => `${new Date(instant).toISOString().slice(0, 19).replace("T", " ")} UTC`;

export const numberText = (value: number) => value.toLocaleString("en-US");

/** `$0.12`, `$0.004` */
export function usdText(usd: number): string {
  return `$${usd > 0 && usd < 0.01 ? usd.toPrecision(1) : usd.toFixed(2)}`;
}

export const OUTCOMES: Record<Detection["outcome"], string> = {
  detected: "noticed",
  "not-detected": "did not notice",
  "could-not-tell": "could not tell",
};

/** Whether a person would have been told of the fault, and when; undefined when nobody was asked. */
export function wokenText({ name, detections }: Pick<FaultResult, "name" | "detections">): string | undefined {
  const told = detections.find(({ detector }) => detector === "notification");
  if (!told) return undefined;
  if (told.outcome === "could-not-tell")
    return `Whether ${name} would have woken somebody is not known: ${told.detail}.`;
  if (told.secondsToDetect === undefined) return `Nobody would have been woken by ${name}: ${told.detail}.`;
  return `Somebody would have been woken by ${name} after ${secondsText(told.secondsToDetect)}: ${told.detail}.`;
}

/** A fault that changes nothing: whoever notices it is wrong. */
export const isControl = (fault: Pick<FaultResult, "kind">) => fault.kind === "none";

/** Why a game day ended as it did, in the words of its first reason. */
export function firstReason({ reasons, failure }: Partial<Pick<Result, "reasons" | "failure">>): string | undefined {
  return reasons?.[0] ?? (failure && failureText(failure));
}

/** `brought up in 45 s, taken down in 30 s` */
export const stackText = ({ secondsUp, secondsDown }: DeployedStack): string =>
  [
    secondsUp === undefined ? "did not come up" : `brought up in ${secondsText(secondsUp)}`,
    secondsDown === undefined ? "not seen to be gone" : `taken down in ${secondsText(secondsDown)}`,
  ].join(", ");

/** What was changed by somebody else meanwhile. */
export const conflictText = ({ what, ours, found }: Result["restored"]["conflicts"][number]): string =>
  `${what}: expected ${ours}, found ${found}`;
