import type { GameDayEvidence } from "../../analysis/judgement.ts";
import { Ended, LoadStart } from "../../loadgen/order.ts";
import { endedKey, loadStartKey, resultKey } from "../../workflows/names.ts";
import { type Plan, Restored } from "../../workflows/state.ts";
import { deployedStack } from "../changes/stack.ts";
import { Baseline, baselineKey } from "../load/baseline.ts";
import type { Runtime } from "../runtime/step.ts";
import { countTransitions } from "../runtime/transitions.ts";
import type { Records } from "./faults.ts";

/** What the game day itself has written down. */
export async function readRecords(plan: Plan, { results, journal, clock }: Runtime): Promise<Records> {
  const now = clock.now().getTime();
  const baseline = await results.getJson(baselineKey(plan), Baseline);
  return { plan, now, baseline, entries: await journal.read(plan.id) };
}

/** Everything else that the verdict rests on: the load, the restoration if it was verified, and how it was run. */
export async function collectGameDay(
  { plan, now, baseline, entries }: Records,
  { verified, ...ending }: Pick<GameDayEvidence, "failure" | "interruption"> & { readonly verified: boolean },
  runtime: Runtime,
): Promise<GameDayEvidence> {
  const { results } = runtime;
  const start = await results.getJson(loadStartKey(plan.id), LoadStart);
  const startOfLoad = start && Date.parse(start.startAt);
  const ended = await Promise.all(
    Array.from({ length: plan.load.shards }, (_, shard) => results.getJson(endedKey(plan.id, shard), Ended)),
  );
  return {
    plan,
    now,
    startOfLoad,
    baseline,
    blocks: startOfLoad === undefined ? [] : await results.blocks(plan.id, startOfLoad - 5000, now),
    firstRequests: ended.flatMap((shard) => shard?.firstRequestAt ?? []),
    restored: verified ? await results.getJson(resultKey(plan.id, "restored.json"), Restored) : undefined,
    ...ending,
    ...deployedStack(plan, entries),
    transitions: await countTransitions(plan.executionArn, runtime),
    ...runtime.provenance(plan),
  };
}
