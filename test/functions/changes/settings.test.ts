import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apiThrottle } from "../../../functions/changes/api-throttle.ts";
import { dynamodbThrottle } from "../../../functions/changes/dynamodb-throttle.ts";
import { eventSourceOff } from "../../../functions/changes/event-source-off.ts";
import type { FaultKind } from "../../../functions/changes/kind.ts";
import { lambdaVersion } from "../../../functions/changes/lambda-version.ts";
import { ruleOff } from "../../../functions/changes/rule-off.ts";
import { ChangedMeanwhile, LeaseLost, NotReady } from "../../../functions/runtime/errors.ts";
import { setStage, UPDATE_MS } from "./stage.ts";

type Stage = ReturnType<typeof setStage>;
type Values = Record<string, string | number | boolean | null>;

interface Sample {
  readonly kind: FaultKind<never, unknown>;
  readonly spec: object;
  readonly before: Values;
  readonly during: Values;
  readonly calls: {
    readonly read: string;
    /** What the snapshot reads beside that. */
    readonly alsoRead?: readonly string[];
    readonly change: string;
    readonly putBack: string;
  };
  /** What AWS keeps. */
  look(stage: Stage): unknown;
  /** Somebody else makes something of it that is neither as before nor the fault's. */
  theirs?(stage: Stage): void;
}

const SAMPLES: Record<string, Sample> = {
  "event-source-off": {
    kind: eventSourceOff,
    spec: { eventSource: "deliveries" },
    before: { polling: true },
    during: { polling: false },
    calls: {
      read: "GetEventSourceMapping",
      change: "UpdateEventSourceMapping",
      putBack: "UpdateEventSourceMapping",
    },
    look: ({ mapping }) => mapping.state,
  },
  "rule-off": {
    kind: ruleOff,
    spec: { rule: "to-delivery" },
    before: { state: "ENABLED" },
    during: { state: "DISABLED" },
    calls: { read: "DescribeRule", change: "DisableRule", putBack: "EnableRule" },
    look: ({ rule }) => rule.state,
  },
  "lambda-version": {
    kind: lambdaVersion,
    spec: { alias: "live", version: "$LATEST" },
    before: { version: "1" },
    during: { version: "$LATEST" },
    calls: {
      read: "GetAlias",
      alsoRead: ["GetFunctionConfiguration"],
      change: "UpdateAlias",
      putBack: "UpdateAlias",
    },
    look: ({ alias }) => [alias.version, alias.weights],
    theirs: ({ moveAlias }) => moveAlias({ version: "2" }),
  },
  "api-throttle": {
    kind: apiThrottle,
    spec: { usagePlan: "partner", rate: 0.5, burst: 1 },
    before: { rate: null, burst: null },
    during: { rate: 0.5, burst: 1 },
    calls: { read: "GetUsagePlan", change: "UpdateUsagePlan", putBack: "UpdateUsagePlan" },
    look: ({ plan }) => plan.throttle,
    theirs: ({ plan }) => {
      plan.throttle = { rate: 50, burst: 100 };
    },
  },
  "dynamodb-throttle": {
    kind: dynamodbThrottle,
    spec: { table: "orders", maxWriteUnits: 2 },
    before: { "write maximum": -1 },
    during: { "write maximum": 2 },
    calls: { read: "DescribeTable", change: "UpdateTable", putBack: "UpdateTable" },
    look: ({ table }) => [table.most, table.pending],
    theirs: ({ table }) => {
      table.most = { write: 500 };
    },
  },
};

let stage: Stage;
beforeEach(() => {
  vi.useFakeTimers();
  stage = setStage();
});
afterEach(() => {
  stage.stop();
  vi.useRealTimers();
});
const settle = () => vi.advanceTimersByTime(UPDATE_MS);

const verbs = ({ kind, spec }: Sample) => ({
  snapshot: () => kind.snapshot(spec as never, stage.scene),
  apply: (before: unknown) => kind.apply(spec as never, before, stage.scene),
  prove: (before: unknown) => kind.prove(spec as never, before, stage.scene),
  undo: (before: unknown) => kind.undo(spec as never, before, stage.scene),
  check: (before: unknown) => kind.check(spec as never, before, stage.scene),
});
async function injected(sample: Sample) {
  const fault = verbs(sample);
  const before = await fault.snapshot();
  await fault.apply(before);
  settle();
  return { before, ...fault };
}

describe.each(Object.entries(SAMPLES))("%s", (_name, sample) => {
  test("is made, proven, undone and checked, and then all is to the letter as it was", async () => {
    const asItWas = structuredClone(sample.look(stage));
    const fault = verbs(sample);
    const before = await fault.snapshot();
    expect(before).toEqual(sample.before);
    expect(sample.kind.before.parse(JSON.parse(JSON.stringify(before)))).toEqual(before);
    await fault.apply(before);
    settle();
    expect(await fault.prove(before)).toMatchObject({ acting: true });
    const during = await fault.check(before);
    expect(during.settled).toBe(true);
    expect(during.checks.map(({ ok, detail }) => ok || detail)).toEqual(
      Object.keys(sample.before).map(() => "still the fault's value"),
    );
    expect(await fault.undo(before)).toEqual([]);
    settle();
    expect(sample.look(stage)).toEqual(asItWas);
    const after = await fault.check(before);
    expect(after.settled && after.checks.every(({ ok }) => ok)).toBe(true);
    expect(after.checks.map(({ detail }) => detail)).toEqual(
      Object.keys(sample.before).map(() => "read back equal to the snapshot"),
    );
  });

  test("reads, asks whether it still may, and writes at once; a second time it only reads", async () => {
    const { read, alsoRead = [], change, putBack } = sample.calls;
    const { before, apply, undo } = await injected(sample);
    const called = () => stage.calls.splice(0);
    expect(called()).toEqual([read, ...alsoRead, read, "fence", change]);
    await apply(before);
    expect(called()).toEqual([read]);
    await undo(before);
    expect(called()).toEqual([read, "fence", putBack]);
    settle();
    await undo(before);
    expect(called()).toEqual([read]);
  });

  test("an answer that got lost is no reason to write twice", async () => {
    const { change, putBack } = sample.calls;
    const fault = verbs(sample);
    const before = await fault.snapshot();
    const losing = (operation: string) => (operation === change || operation === putBack ? "answer lost" : "answered");
    stage.stage.fate = losing;
    await expect(fault.apply(before)).rejects.toThrow("the answer got lost");
    stage.stage.fate = () => "answered";
    settle();
    await fault.apply(before);
    expect((await fault.prove(before)).acting).toBe(true);
    stage.stage.fate = losing;
    await expect(fault.undo(before)).rejects.toThrow("the answer got lost");
    stage.stage.fate = () => "answered";
    settle();
    expect(await fault.undo(before)).toEqual([]);
    expect(stage.calls.filter((call) => call === change)).toHaveLength(change === putBack ? 2 : 1);
  });

  test("is refused where everything already is as it would make it", async () => {
    await injected(sample);
    await expect(verbs(sample).snapshot()).rejects.toThrow(NotReady);
    await expect(verbs(sample).snapshot()).rejects.toThrow("already as the fault would make it");
  });

  test("writes nothing when the target is another game day's by now", async () => {
    const { before, undo } = await injected(sample);
    const during = structuredClone(sample.look(stage));
    stage.stage.mayWrite = () => {
      throw new LeaseLost("the lease", "another holder", "Nothing was changed.");
    };
    await expect(undo(before)).rejects.toThrow(LeaseLost);
    expect(sample.look(stage)).toEqual(during);
  });

  test("of a resource that the target does not have is refused by its name", async () => {
    const [field] = Object.keys(sample.spec) as [string];
    const snapshot = sample.kind.snapshot({ ...sample.spec, [field]: "nope" } as never, stage.scene);
    await expect(snapshot).rejects.toThrow(/Expected an? [a-z ]+ "nope" of target "shop"; found none/);
  });
});

describe.each(Object.entries(SAMPLES).filter(([, { theirs }]) => theirs))(
  "%s, changed by somebody else,",
  (_n, sample) => {
    test("is not made over it", async () => {
      const fault = verbs(sample);
      const before = await fault.snapshot();
      sample.theirs!(stage);
      const theirs = structuredClone(sample.look(stage));
      await expect(fault.apply(before)).rejects.toThrow(ChangedMeanwhile);
      expect(sample.look(stage)).toEqual(theirs);
    });

    test("leaves it alone when undone, and names it", async () => {
      const { before, undo, check } = await injected(sample);
      sample.theirs!(stage);
      const theirs = structuredClone(sample.look(stage));
      const conflicts = await undo(before);
      expect(conflicts.map(({ ours }) => ours)).toEqual(Object.values(sample.during).map(String));
      expect(sample.look(stage)).toEqual(theirs);
      const { checks } = await check(before);
      for (const { ok, detail } of checks) {
        expect(ok).toBe(true);
        expect(detail).toMatch(/^changed to \d+ by somebody else since; left as it is$/);
      }
    });
  },
);

describe.each(["event-source-off", "dynamodb-throttle"])("%s, while a change is under way,", (name) => {
  const sample = SAMPLES[name]!;

  test("is neither proven nor restored", async () => {
    const fault = verbs(sample);
    const before = await fault.snapshot();
    await fault.apply(before);
    expect((await fault.prove(before)).acting).toBe(false);
    settle();
    expect((await fault.prove(before)).acting).toBe(true);
    await fault.undo(before);
    expect(await fault.check(before)).toMatchObject({ settled: false, checks: [{ ok: false }] });
    settle();
    expect(await fault.check(before)).toMatchObject({ settled: true, checks: [{ ok: true }] });
  });

  test("waits for it instead of asking for what AWS would refuse", async () => {
    const { before, undo, apply, prove } = await injected(sample);
    await undo(before);
    await expect(apply(before)).rejects.toMatchObject({ name: "Transient" });
    settle();
    await apply(before);
    settle();
    expect(await prove(before)).toMatchObject({ acting: true });
  });
});

test("an event source that is on its way to what is wanted is not asked a second time", async () => {
  const fault = verbs(SAMPLES["event-source-off"]!);
  const before = await fault.snapshot();
  await fault.apply(before);
  expect(stage.mapping.state).toBe("Disabling");
  await fault.apply(before);
  await expect(fault.undo(before)).rejects.toMatchObject({ name: "Transient" });
  settle();
  await fault.undo(before);
  expect(stage.mapping.state).toBe("Enabling");
  expect(await fault.undo(before)).toEqual([]);
  expect(stage.calls.filter((call) => call === "UpdateEventSourceMapping")).toHaveLength(2);
});
