import type { GameDayEvidence } from "../../analysis/judgement.ts";
import { resultKey } from "../../workflows/names.ts";
import { type Plan, Restored } from "../../workflows/state.ts";
import { deployedStack } from "../changes/stack.ts";
import { Baseline, baselineKey } from "../load/baseline.ts";
import { LoadRun } from "../load/load-run.ts";
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
  const run = LoadRun.ofGameDay(plan, runtime);
  const startOfLoad = (await run.startAt())?.getTime();
  return {
    plan,
    now,
    startOfLoad,
    baseline,
    blocks: startOfLoad === undefined ? [] : await results.blocks(plan.id, startOfLoad - 5000, now),
    firstRequests: (await run.ended()).flatMap(({ firstRequestAt }) => firstRequestAt ?? []),
    restored: verified ? await results.getJson(resultKey(plan.id, "restored.json"), Restored) : undefined,
    ...ending,
    ...deployedStack(plan, entries),
    transitions: await countTransitions(plan.executionArn, runtime),
    ...runtime.provenance(plan),
  };
}
