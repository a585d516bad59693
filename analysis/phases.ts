import { type Block, failedIn, mergeBlocks } from "../loadgen/blocks.ts";
import type { FaultResult, Phase, Result } from "../workflows/result.ts";
import type { Plan } from "../workflows/state.ts";
import { percentilesOf, phaseSummary } from "./series.ts";

interface Cut {
  readonly plan: Plan;
  /** Unix milliseconds; undefined when the load was never released. */
  readonly startOfLoad: number | undefined;
  readonly baseline: { readonly from: number; readonly to: number } | undefined;
  readonly faults: readonly FaultResult[];
  readonly blocks: readonly Block[];
  readonly now: number;
}

/** The game day cut into its phases by time, as far as it got, each with its load. */
export function phasesOf({ plan, startOfLoad, baseline, faults, blocks, now }: Cut): Phase[] {
  if (startOfLoad === undefined) return [];
  const end = blocks.length === 0 ? now : Math.max(...blocks.map((block) => (block.start + 5) * 1000));
  const phases: Phase[] = [];
  const add = (name: Phase["name"], label: string, from: number, to: number) => {
    const until = Math.min(to, end);
    if (until <= from) return;
    phases.push({
      name,
      label,
      from: new Date(from).toISOString(),
      to: new Date(until).toISOString(),
      ...phaseSummary(blocks, { from, to: until }),
    });
  };
  add("warm-up", "warm-up", startOfLoad, baseline?.from ?? startOfLoad + plan.warmUpSeconds * 1000);
  if (baseline) add("baseline", "baseline", baseline.from, baseline.to);
  for (const [index, fault] of faults.entries()) {
    if (fault.injectedAt === undefined) continue;
    const undone = fault.undoneAt === undefined ? end : Date.parse(fault.undoneAt);
    add("fault", `fault ${fault.name}`, Date.parse(fault.injectedAt), undone);
    const next = faults[index + 1]?.injectedAt;
    if (fault.undoneAt) add("recovery", "recovery", undone, next === undefined ? end : Date.parse(next));
  }
  return phases;
}

interface Totals {
  readonly plan: Plan;
  readonly blocks: readonly Block[];
  readonly phases: readonly Phase[];
  /** Unix milliseconds of each shard's first request. */
  readonly firstRequests: readonly number[];
}

/** `result.json`'s section on load. */
export function loadTotals({ plan, blocks, phases, firstRequests }: Totals): Result["load"] {
  const all = mergeBlocks(blocks);
  const whole = percentilesOf(all.latency);
  return {
    requests: all.count,
    failed: failedIn(all),
    failedByKind: all.failed,
    dropped: all.dropped,
    rate: plan.load.rate,
    shards: plan.load.shards,
    skewMs: firstRequests.length < 2 ? 0 : Math.max(...firstRequests) - Math.min(...firstRequests),
    latencyMs: Object.fromEntries([
      ...(whole ? [["all", whole] as const] : []),
      ...phases.flatMap((phase) => (phase.latencyMs ? [[phase.label, phase.latencyMs] as const] : [])),
    ]),
  };
}
