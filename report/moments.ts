import type { Result } from "../workflows/result.ts";
import { detectorName, isControl, secondsText } from "./wording.ts";

/** Something that happened at one moment and is marked in the picture. */
export interface Moment {
  /** Unix milliseconds. */
  readonly at: number;
  readonly label: string;
  /** The label and what there is to say about it. */
  readonly detail: string;
  readonly tone: "hurt" | "noticed" | "undone" | "healed";
}

/** What happened in the order of time: faults, who noticed, undos and recoveries. */
export function momentsOf({ faults }: Pick<Result, "faults">): Moment[] {
  const moments: Moment[] = [];
  const add = (tone: Moment["tone"], at: number, label: string, more = "") =>
    moments.push({ tone, at, label, detail: more ? `${label}: ${more}` : label });

  for (const fault of faults) {
    const control = isControl(fault);
    if (fault.injectedAt) {
      add("hurt", Date.parse(fault.injectedAt), `${fault.name} ${control ? "begins" : "in effect"}`, fault.change);
    }
    for (const { detector, outcome, detectedAt, secondsToDetect, detail } of fault.detections) {
      if (outcome !== "detected" || !detectedAt) continue;
      const after = secondsToDetect === undefined ? "" : ` after ${secondsText(secondsToDetect)}`;
      add("noticed", Date.parse(detectedAt), `${detectorName(detector)}${after}`, detail);
    }
    if (control || !fault.undoneAt) continue;
    const undoneAt = Date.parse(fault.undoneAt);
    add("undone", undoneAt, "undo in effect", fault.name);
    if (fault.recovered && fault.secondsToRecover !== undefined) {
      const label =
        fault.secondsToRecover < 0.5 ? "recovered" : `recovered after ${secondsText(fault.secondsToRecover)}`;
      add("healed", undoneAt + fault.secondsToRecover * 1000, label, fault.recovery);
    }
  }
  return moments.sort((a, b) => a.at - b.at);
}
