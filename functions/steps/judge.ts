import * as z from "zod";
import { compareWithExpectation } from "../../analysis/expectation.ts";
import { loadTotals, phasesOf } from "../../analysis/phases.ts";
import { pointSeconds, seriesPoints } from "../../analysis/series.ts";
import { judgeGameDay } from "../../analysis/verdict.ts";
import type { Block } from "../../loadgen/blocks.ts";
import { Ended, LoadStart } from "../../loadgen/order.ts";
import { sentenceOf } from "../../report/sentence.ts";
import { estimateCost } from "../../workflows/cost.ts";
import { wordingOf } from "../../workflows/faults.ts";
import { analysisKey, endedKey, loadStartKey, resultKey } from "../../workflows/names.ts";
import { noticesOf } from "../../workflows/notices.ts";
import { FaultResult, type Result } from "../../workflows/result.ts";
import {
  Failure,
  type Judged,
  Plan,
  type PlannedExpectation,
  type PlannedFault,
  Restored,
} from "../../workflows/state.ts";
import { deployedStack } from "../changes/stack.ts";
import { changeIn } from "../changes/verbs.ts";
import type { FaultWindow, Finding } from "../detectors/detector.ts";
import { detectors } from "../detectors/index.ts";
import type { Entry } from "../journal/entry.ts";
import { Baseline, baselineKey } from "../load/baseline.ts";
import { measureRecovery } from "../load/recovery.ts";
import { measureFault } from "../objectives/measures.ts";
import { nameServiceError, Transient } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";
import { countTransitions } from "../runtime/transitions.ts";

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

/** What was seen of the faults while their target was there. */
const seenKey = (plan: Plan) => analysisKey(plan.id, "faults");

/** What a game day that could not verify its restoration has to be taken for. */
const UNVERIFIED: Restored = {
  ok: false,
  checks: [{ what: "everything is back as it was", ok: false, detail: "it could not be looked at" }],
  conflicts: [],
  byHand: [],
};

/** Judges from what was recorded, in the journal and in the bucket: the same whether the game day ended well or not. */
export const judge = step(
  "Judge",
  JudgeInput,
  async (
    { plan, failure, tailFailure, interruption, restored, targetGoes },
    runtime,
  ): Promise<Judged | { faults: number }> => {
    const { results, journal, clock } = runtime;
    const now = clock.now();
    const release = await results.getJson(loadStartKey(plan.id), LoadStart);
    const baseline = await results.getJson(baselineKey(plan), Baseline);
    const entries = await journal.read(plan.id);
    const startOfLoad = release ? Date.parse(release.startAt) : undefined;
    const blocks = startOfLoad === undefined ? [] : await results.blocks(plan.id, startOfLoad - 5000, now.getTime());

    const seen = plan.stack && !targetGoes ? await results.getJson(seenKey(plan), z.array(FaultResult)) : undefined;
    const faults: FaultResult[] = [...(seen ?? [])];
    for (const fault of seen ? [] : plan.faults) {
      const entry = entries.find(({ change }) => change.kind === "fault" && change.fault.index === fault.index);
      faults.push(await judgeFault({ plan, fault, entry, baseline, now: now.getTime() }, runtime));
    }
    if (targetGoes) {
      await results.putJson(seenKey(plan), faults);
      return { faults: faults.length };
    }
    const ended = await Promise.all(
      Array.from({ length: plan.load.shards }, (_, shard) => results.getJson(endedKey(plan.id, shard), Ended)),
    );
    const phases = phasesOf({ plan, startOfLoad, baseline, faults, blocks, now: now.getTime() });
    const judged = {
      faults,
      load: loadTotals({ plan, blocks, phases, firstRequests: ended.flatMap((shard) => shard?.firstRequestAt ?? []) }),
      restored:
        (restored?.done && (await results.getJson(resultKey(plan.id, "restored.json"), Restored))) || UNVERIFIED,
    };
    const whatFailed = failure ?? tailFailure;
    const facts: Omit<Result, "sentence"> = {
      id: plan.id,
      drill: plan.drill,
      title: plan.title,
      hypothesis: plan.hypothesis,
      target: plan.target.name,
      profile: plan.profile,
      ...deployedStack(plan, entries),
      ...judgeGameDay(judged, { failure: whatFailed, interruption: interruption?.status }),
      warnings: [...(baseline?.warnings ?? []), ...noticesOf(plan)],
      ...(whatFailed ? { failure: whatFailed } : {}),
      startedAt: plan.startedAt,
      endedAt: now.toISOString(),
      ...judged,
      phases,
      cost: estimateCost(plan),
      transitions: await countTransitions(plan.executionArn, runtime),
      ...runtime.provenance(plan),
    };
    const result: Result = { ...facts, sentence: sentenceOf(facts) };
    await results.putJson(resultKey(plan.id, "series.json"), seriesPoints(blocks, pointSeconds(lengthOf(blocks))));
    await results.putJson(resultKey(plan.id, "result.json"), result);
    reportMeasures(result, runtime);
    return { verdict: result.verdict, sentence: result.sentence, key: resultKey(plan.id, "result.json") };
  },
);

interface FaultEvidence {
  plan: Plan;
  fault: PlannedFault;
  entry: Entry | undefined;
  baseline: Baseline | undefined;
  now: number;
}

async function judgeFault(evidence: FaultEvidence, runtime: Runtime): Promise<FaultResult> {
  const { plan, fault, entry, baseline, now } = evidence;
  const commons = { name: fault.name, kind: fault.spec.kind, change: wordingOf(fault.spec).change };
  if (!entry?.inEffectAt || !baseline) {
    const restored = entry?.restoredAt ? { undoneAt: entry.restoredAt } : {};
    return {
      ...commons,
      evidence: [],
      detections: [],
      measures: [],
      recovered: false,
      recovery: "the fault never acted",
      ...restored,
    };
  }
  const inEffectAt = Date.parse(entry.inEffectAt);
  const faultUntil = entry.undoneAt ? Date.parse(entry.undoneAt) : now;
  const window = {
    plan,
    fault,
    baseline: baseline.blocks,
    baselineFrom: baseline.from,
    inEffectAt,
    faultUntil,
    listenUntil: faultUntil + plan.recovery.withinSeconds * 1000,
    over: true,
  };
  const detections = [];
  for (const expectation of fault.expect) {
    const finding = await ask(expectation, window, runtime);
    detections.push(compareWithExpectation(expectation, finding, inEffectAt));
  }
  const stretch = { from: inEffectAt, to: faultUntil };
  const afterwards = await changeIn(entry, plan, runtime).afterwards(stretch);
  return {
    ...commons,
    injectedAt: entry.inEffectAt,
    ...afterwards,
    evidence: [...entry.evidence, ...afterwards.evidence],
    detections,
    measures: await measureFault(fault, window, runtime),
    ...(await judgeUndo(entry, plan, baseline, now, runtime)),
  };
}

/** A game day that failed has taken its own target down before anybody was asked what they have noticed of it. */
async function ask(expectation: PlannedExpectation, window: FaultWindow, runtime: Runtime): Promise<Finding> {
  try {
    return await detectors[expectation.detector](window, runtime, expectation);
  } catch (error) {
    if (!window.plan.stack || nameServiceError(error) instanceof Transient) throw error;
    return { outcome: "could-not-tell", detail: `the target is gone with its stack: ${(error as Error).message}` };
  }
}

async function judgeUndo(
  entry: Entry,
  plan: Plan,
  baseline: Baseline,
  now: number,
  { results }: Runtime,
): Promise<Pick<FaultResult, "undoneAt" | "recovered" | "secondsToRecover" | "recovery">> {
  if (!entry.restoredAt) return { recovered: false, recovery: "the undo was not seen to be in effect under load" };
  const restoredAt = Date.parse(entry.restoredAt);
  const recovery = await measureRecovery({ plan, baseline, restoredAt, until: now }, results);
  return {
    undoneAt: entry.restoredAt,
    recovered: recovery.recovered,
    ...(recovery.secondsToRecover === undefined ? {} : { secondsToRecover: recovery.secondsToRecover }),
    recovery: recovery.detail,
  };
}

const lengthOf = (blocks: readonly Block[]) => (blocks.length === 0 ? 0 : blocks.at(-1)!.start - blocks[0]!.start + 5);

function reportMeasures({ verdict, faults, restored }: Result, { log }: Runtime): void {
  log.metric(`Verdict-${verdict}`, "Count", 1);
  log.metric("NotRestored", "Count", restored.ok ? 0 : 1);
  for (const { detector, secondsToDetect } of faults.flatMap((fault) => fault.detections)) {
    if (secondsToDetect !== undefined) log.metric(`SecondsToDetect-${detector}`, "Seconds", secondsToDetect);
  }
}
