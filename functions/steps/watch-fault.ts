import type { Finding } from "../../analysis/finding.ts";
import type { Look } from "../../workflows/state.ts";
import { changeIn } from "../changes/verbs.ts";
import { windowSoFar } from "../detectors/fault-window.ts";
import { detectors } from "../detectors/index.ts";
import { entryOfFault, FaultInput } from "../journal/fault-entry.ts";
import { readBaseline } from "../load/baseline.ts";
import { checkGuard } from "../load/guard.ts";
import { loadStillRuns } from "../load/watch.ts";
import { NotProven } from "../runtime/errors.ts";
import { step } from "../runtime/step.ts";

/** One look at who has noticed so far, until the fault has lasted as long as the drill says. */
export const watchFault = step("WatchFault", FaultInput, async ({ plan, fault }, runtime): Promise<Look> => {
  await checkGuard(plan, runtime);
  await loadStillRuns(plan, runtime);
  const entry = await entryOfFault(plan, fault, runtime.journal);
  const { inEffectAt } = entry;
  if (!inEffectAt)
    throw new NotProven(`fault "${fault.name}" in effect`, "no proof of it", "ProveFault must run first.");
  await changeIn(entry, plan, runtime).lasts();
  const now = runtime.clock.now().getTime();
  const began = Date.parse(inEffectAt);
  const baseline = await readBaseline(plan, runtime.results);
  const window = windowSoFar({ plan, fault, baseline, inEffectAt }, now);
  const said: string[] = [];
  for (const expectation of fault.expect) {
    const { detector } = expectation;
    said.push(soFar(detector, await detectors[detector](window, runtime, expectation), began));
  }
  const remaining = Math.ceil((began - now) / 1000 + fault.durationSeconds);
  return {
    done: remaining <= 0,
    waitSeconds: Math.max(1, Math.min(plan.watchSeconds, remaining)),
    saw: said.join("; "),
  };
});

function soFar(detector: string, finding: Finding, began: number): string {
  return finding.detectedAt === undefined
    ? `${detector}: nothing yet`
    : `${detector}: noticed after ${Math.round((finding.detectedAt - began) / 1000)} s`;
}
