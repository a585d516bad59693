import * as z from "zod";
import { analysisKey } from "../../workflows/names.ts";
import { changeIn } from "../changes/verbs.ts";
import { entryOfFault } from "../journal/fault-entry.ts";
import type { Detector } from "./detector.ts";

/** When a look saw first that the fault was gone. */
const Healed = z.object({ at: z.iso.datetime(), evidence: z.array(z.string()) });

/**
 * Did the system take the fault away by itself, before its undo? Each look while the fault lasts asks whether it still
 * acts; what was seen is written down, since after the undo nobody can tell any more.
 */
export const selfHealing: Detector = async (window, runtime) => {
  const { plan, fault, over } = window;
  const key = analysisKey(plan.id, `healed-${fault.index}`);
  const known = await runtime.results.getJson(key, Healed);
  if (known) return { outcome: "detected", detectedAt: Date.parse(known.at), detail: known.evidence.join("; ") };
  if (over) return { outcome: "not-detected", detail: "the fault acted until it was undone" };
  const entry = await entryOfFault(plan, fault, runtime.journal);
  const { acting, evidence } = await changeIn(entry, plan, runtime).prove();
  if (acting) return { outcome: "not-detected", detail: "the fault still acts" };
  const now = runtime.clock.now();
  await runtime.results.putJson(key, { at: now.toISOString(), evidence } satisfies z.infer<typeof Healed>);
  return { outcome: "detected", detectedAt: now.getTime(), detail: evidence.join("; ") };
};
