import * as z from "zod";
import { judgeEvidence, judgeFault } from "../../analysis/judgement.ts";
import { pointSeconds, seriesPoints } from "../../analysis/series.ts";
import type { Block } from "../../loadgen/blocks.ts";
import { sentenceOf } from "../../report/sentence.ts";
import { analysisKey, resultKey } from "../../workflows/names.ts";
import { FaultResult, type Result } from "../../workflows/result.ts";
import { Failure, type Judged, Plan } from "../../workflows/state.ts";
import { collectFaults } from "../evidence/faults.ts";
import { collectGameDay, readRecords } from "../evidence/game-day.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** The whole state: what failed, if anything did, is somewhere in it. */
const JudgeInput = z.object({
  plan: Plan,
  failure: Failure.optional(),
  tailFailure: Failure.optional(),
  interruption: z.object({ status: z.string() }).optional(),
  /** What this execution has verified: what an earlier one saw is no evidence. */
  restored: z.object({ done: z.boolean() }).optional(),
  /** The target is about to go with its stack: what its alarms and queues say is asked now, and kept. */
  targetGoes: z.boolean().default(false),
});
type JudgeInput = z.infer<typeof JudgeInput>;

/** Judges from what was recorded, in the journal and in the bucket: the same whether the game day ended well or not. */
export const judge = step("Judge", JudgeInput, async (input, runtime): Promise<Judged | { faults: number }> => {
  const { plan, failure, tailFailure, interruption, restored, targetGoes } = input;
  const records = await readRecords(plan, runtime);
  const faults = (await seenBefore(input, runtime)) ?? (await collectFaults(records, runtime)).map(judgeFault);
  if (targetGoes) {
    await runtime.results.putJson(seenKey(plan), faults);
    return { faults: faults.length };
  }
  const ending = { failure: failure ?? tailFailure, interruption: interruption?.status };
  const evidence = await collectGameDay(records, { ...ending, verified: restored?.done === true }, runtime);
  const facts = judgeEvidence(evidence, faults);
  const result: Result = { ...facts, sentence: sentenceOf(facts) };
  const key = await write(result, evidence.blocks, runtime);
  report(result, runtime);
  return { verdict: result.verdict, sentence: result.sentence, key };
});

/** What was seen of the faults while their target was there. */
const seenKey = (plan: Plan) => analysisKey(plan.id, "faults");

async function seenBefore({ plan, targetGoes }: JudgeInput, { results }: Runtime): Promise<FaultResult[] | undefined> {
  return plan.stack && !targetGoes ? results.getJson(seenKey(plan), z.array(FaultResult)) : undefined;
}

async function write(result: Result, blocks: readonly Block[], { results }: Runtime): Promise<string> {
  const key = resultKey(result.id, "result.json");
  await results.putJson(resultKey(result.id, "series.json"), seriesPoints(blocks, pointSeconds(lengthOf(blocks))));
  await results.putJson(key, result);
  return key;
}

const lengthOf = (blocks: readonly Block[]) => (blocks.length === 0 ? 0 : blocks.at(-1)!.start - blocks[0]!.start + 5);

function report({ verdict, faults, restored }: Result, { log }: Runtime): void {
  log.metric(`Verdict-${verdict}`, "Count", 1);
  log.metric("NotRestored", "Count", restored.ok ? 0 : 1);
  for (const { detector, secondsToDetect } of faults.flatMap((fault) => fault.detections)) {
    if (secondsToDetect !== undefined) log.metric(`SecondsToDetect-${detector}`, "Seconds", secondsToDetect);
  }
}
