import type { Block } from "../../loadgen/blocks.ts";
import { BLOCK_SECONDS, failedIn, mergeBlocks } from "../../loadgen/blocks.ts";
import { sketchQuantile } from "../../loadgen/sketch.ts";
import type { Plan } from "../../workflows/state.ts";
import { LoadLost } from "../runtime/errors.ts";
import type { Runtime } from "../runtime/step.ts";
import { LoadRun } from "./load-run.ts";

/** Beside the request time-out: k6's rows take up to 0.3 s, writing a block to S3 the rest. */
const WRITE_SECONDS = 1.5;

/** Seconds after which every block that ended by a moment is in the bucket. */
export const sealSeconds = (plan: Plan): number => plan.load.timeoutSeconds + WRITE_SECONDS;

/** When the load began. Throws when it has not. */
export async function startOfLoad(plan: Plan, runtime: Runtime): Promise<Date> {
  const startAt = await LoadRun.ofGameDay(plan, runtime).startAt();
  if (!startAt) throw new LoadLost("the load to have been released", "no release", "See AwaitLoad in the execution.");
  return startAt;
}

/** The baseline, cut on the blocks' grid so that none is lost at its edges. */
export function baselineWindow(plan: Plan, startOfLoad: Date): { from: number; to: number } {
  const grid = BLOCK_SECONDS * 1000;
  const from = Math.ceil((startOfLoad.getTime() + plan.warmUpSeconds * 1000) / grid) * grid;
  return { from, to: from + plan.baselineSeconds * 1000 };
}

/** Throws {@link LoadLost} when a shard has ended while the game day still needs it. */
export async function loadStillRuns(plan: Plan, runtime: Runtime): Promise<void> {
  const [ended] = await LoadRun.ofGameDay(plan, runtime).ended();
  if (!ended) return;
  throw new LoadLost(
    `load shard ${ended.shard} to run through all phases`,
    `it ended at ${ended.endedAt} with k6 exit code ${ended.exitCode}${ended.log.length > 0 ? `: ${ended.log.join(" | ")}` : ""}`,
    "Look at the load task's log.",
  );
}

/** One line about the newest seconds of load. */
export function describeLoad(blocks: readonly Block[]): string {
  if (blocks.length === 0) return "no load measured yet";
  const all = mergeBlocks(blocks);
  const p99 = sketchQuantile(all.latency, 0.99);
  const p50 = sketchQuantile(all.latency, 0.5);
  return `${all.count} requests, ${failedIn(all)} failed, p50 ${ms(p50)}, p99 ${ms(p99)}`;
}

const ms = (value: number | undefined) =>
  value === undefined ? "-" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** Blocks of the newest quarter of a minute that is complete. */
export function newestBlocks(plan: Plan, { results, clock }: Pick<Runtime, "results" | "clock">): Promise<Block[]> {
  const to = clock.now().getTime() - sealSeconds(plan) * 1000;
  return results.blocks(plan.id, to - 15_000, to);
}
