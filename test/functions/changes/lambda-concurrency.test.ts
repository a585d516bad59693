import { describe, expect, test } from "vitest";
import { lambdaOutage, lambdaThrottle } from "../../../functions/changes/lambda-concurrency.ts";
import { ChangedMeanwhile, LeaseLost, NotReady } from "../../../functions/runtime/errors.ts";
import { target } from "../../workflows/sample.ts";
import { Reserved } from "./reserved.ts";

/** Both kinds, each with the number that it reserves. */
const outage = {
  kind: lambdaOutage,
  spec: { kind: "lambda-outage", function: "checkout" } as const,
  reserves: 0,
};
const throttle = {
  kind: lambdaThrottle,
  spec: { kind: "lambda-throttle", function: "checkout", concurrency: 2 } as const,
  reserves: 2,
};

describe.each([outage, throttle])("$spec.kind", ({ kind, spec, reserves }) => {
  const verbs = (lambda: Reserved) => {
    const scene = lambda.scene();
    return {
      snapshot: () => kind.snapshot(spec as never, scene),
      apply: (before: { reserved: number | null }) => kind.apply(spec as never, before, scene),
      prove: (before: { reserved: number | null }) => kind.prove(spec as never, before, scene),
      undo: (before: { reserved: number | null }) => kind.undo(spec as never, before, scene),
      check: (before: { reserved: number | null }) => kind.check(spec as never, before, scene),
    };
  };
  async function injected(reserved: number | null) {
    const lambda = new Reserved(reserved);
    const fault = verbs(lambda);
    const before = await fault.snapshot();
    await fault.apply(before);
    return { lambda, before, ...fault };
  }

  test("tells a function without a reservation from one that has it", async () => {
    expect(await verbs(new Reserved(null)).snapshot()).toEqual({ reserved: null });
    expect(await verbs(new Reserved(7)).snapshot()).toEqual({ reserved: 7 });
  });

  test("refuses a function that is already as the fault would make it", async () => {
    const { snapshot } = verbs(new Reserved(reserves));
    await expect(snapshot()).rejects.toThrow(NotReady);
    await expect(snapshot()).rejects.toThrow(
      `its reserved concurrency already ${reserves}, as the fault would make it`,
    );
  });

  test("reads, asks whether it still may, and writes at once; a second time it only reads", async () => {
    const { lambda, apply, before } = await injected(null);
    expect(lambda.now).toBe(reserves);
    expect(lambda.calls).toEqual(["Get", "Get", "fence", "Put"]);
    await apply(before);
    expect(lambda.calls).toEqual(["Get", "Get", "fence", "Put", "Get"]);
  });

  test("writes nothing over what somebody else changed since the snapshot", async () => {
    const lambda = new Reserved(null);
    const { snapshot, apply } = verbs(lambda);
    const before = await snapshot();
    lambda.set(5);
    await expect(apply(before)).rejects.toThrow(ChangedMeanwhile);
    await expect(apply(before)).rejects.toThrow(
      "Expected the reserved concurrency of checkout as in the snapshot (none); found 5.",
    );
    expect(lambda.now).toBe(5);
  });

  test("writes nothing when the target is another game day's by now", async () => {
    const { lambda, undo, before } = await injected(7);
    lambda.mayWrite = () => {
      throw new LeaseLost("the lease", "another holder", "Nothing was changed.");
    };
    await expect(undo(before)).rejects.toThrow(LeaseLost);
    expect(lambda.now).toBe(reserves);
  });

  test("is proven by reading it back", async () => {
    const { lambda, prove, before } = await injected(null);
    expect(await prove(before)).toEqual({
      acting: true,
      evidence: [`checkout read back with reserved concurrency ${reserves}`],
    });
    lambda.set(null);
    expect(await prove(before)).toEqual({
      acting: false,
      evidence: ["checkout read back with reserved concurrency none"],
    });
  });

  const restored: [number | null, string][] = [
    [null, "Delete"],
    [0, "Put"],
    [2, "Put"],
    [7, "Put"],
  ];
  test.each(restored.filter(([reserved]) => reserved !== reserves))(
    "puts back %s by %s, and then it is as before",
    async (reserved, call) => {
      const { lambda, undo, check, before } = await injected(reserved);
      expect((await check(before)).checks[0]).toMatchObject({ ok: false, detail: "still the fault's value" });
      expect(await undo(before)).toEqual([]);
      expect(lambda.now).toBe(reserved);
      expect(lambda.calls.slice(-2)).toEqual(["fence", call]);
      expect(await undo(before)).toEqual([]);
      expect(lambda.calls.at(-1)).toBe("Get");
      expect(await check(before)).toEqual({
        settled: true,
        checks: [
          {
            what: `reserved concurrency of checkout is as before (${reserved ?? "none"})`,
            ok: true,
            detail: "read back equal to the snapshot",
          },
        ],
      });
    },
  );

  test.each([5, null])("leaves alone what somebody else made of it (%s), and names it", async (theirs) => {
    const { lambda, undo, check, before } = await injected(7);
    lambda.set(theirs);
    const found = String(theirs ?? "none");
    expect(await undo(before)).toEqual([{ what: "reserved concurrency of checkout", ours: String(reserves), found }]);
    expect(lambda.now).toBe(theirs);
    expect((await check(before)).checks[0]).toMatchObject({
      ok: true,
      detail: `changed to ${found} by somebody else since; left as it is`,
    });
  });

  test("by hand: one command", () => {
    const scene = new Reserved(null).scene();
    expect(kind.byHand(spec as never, { reserved: null }, scene)).toEqual([
      `aws lambda delete-function-concurrency --function-name ${target.functions.checkout}`,
    ]);
    expect(kind.byHand(spec as never, { reserved: 0 }, scene)).toEqual([
      `aws lambda put-function-concurrency --function-name ${target.functions.checkout} --reserved-concurrent-executions 0`,
    ]);
  });

  test("of a function that the target does not have is refused by its name", async () => {
    const other = kind.snapshot({ ...spec, function: "search" } as never, new Reserved(null).scene());
    await expect(other).rejects.toThrow('Expected a function "search" of target "shop"');
  });
});
