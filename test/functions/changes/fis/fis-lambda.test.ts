import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  fisLambdaDelay,
  fisLambdaError,
  fisLambdaHttpResponse,
  markOf,
} from "../../../../functions/changes/fis/fis-lambda.ts";
import type { FaultKind, Scene } from "../../../../functions/changes/kind.ts";
import { LeaseLost, NotProven, NotReady, Transient } from "../../../../functions/runtime/errors.ts";
import { createCloudWatch } from "../../../../stand-in/aws/cloudwatch/operations.ts";
import { arn } from "../../../../stand-in/templates/cfn/naming.ts";
import type { Ramp } from "../../../../workflows/fis.ts";
import { fisWorld, PACE_MS } from "../../../stand-in/aws/fis/world.ts";
import { target } from "../../../workflows/sample.ts";
import { clientFor } from "../../runtime-for.ts";
import { placeOfFault } from "../place.ts";

const delay = {
  kind: fisLambdaDelay as unknown as FaultKind<never, { functionArn: string; reports: boolean }>,
  spec: { kind: "fis-lambda-delay", function: "checkout", percentage: 33, delayMs: 250 },
  actionId: "aws:lambda:invocation-add-delay",
  parameters: { invocationPercentage: "33", startupDelayMilliseconds: "250" },
  injected: { share: 0.33, effect: { kind: "delay", ms: 250 } },
};
const error = {
  kind: fisLambdaError as unknown as typeof delay.kind,
  spec: { kind: "fis-lambda-error", function: "checkout", percentage: 50, preventExecution: false },
  actionId: "aws:lambda:invocation-error",
  parameters: { invocationPercentage: "50", preventExecution: "false" },
  injected: { share: 0.5, effect: { kind: "error", prevented: false } },
};
const response = {
  kind: fisLambdaHttpResponse as unknown as typeof delay.kind,
  spec: {
    kind: "fis-lambda-http-response",
    function: "checkout",
    percentage: 100,
    statusCode: 503,
    contentType: "text/plain",
    preventExecution: true,
  },
  actionId: "aws:lambda:invocation-http-integration-response",
  parameters: {
    invocationPercentage: "100",
    preventExecution: "true",
    statusCode: "503",
    contentTypeHeader: "text/plain",
  },
  injected: { share: 1, effect: { kind: "response", statusCode: 503, contentType: "text/plain", prevented: true } },
};

const RAMP = { upSeconds: 60, downSeconds: 20 };

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A fault with its verbs bound, in the stand-in's FIS. */
function faultIn(
  { kind, spec }: Pick<typeof delay, "kind"> & { spec: object },
  { alarms = [], ramp = RAMP }: { alarms?: string[]; ramp?: Ramp } = {},
) {
  const world = fisWorld();
  let held = true;
  const service = createCloudWatch({ metric: [], composite: [] }, world.metrics, () => {});
  const scene: Scene = {
    clients: { fis: world.client, lambda: clientFor(world.lambda), cloudwatch: clientFor(service) } as never,
    target,
    fence: async () => {
      world.names.push("fence");
      if (!held) throw new LeaseLost("the lease", "another holder", "Nothing was changed.");
    },
    place: placeOfFault({
      plan: { guard: { alarms } },
      fault: { durationSeconds: 600, ramp },
      configuration: { experimentRoleArn: world.roleArn },
    }),
  };
  const before = { functionArn: world.functionArn, reports: true };
  return {
    ...world,
    scene,
    loseLease: () => {
      held = false;
    },
    snapshot: () => kind.snapshot(spec as never, scene),
    apply: () => kind.apply(spec as never, before, scene),
    prove: () => kind.prove(spec as never, before, scene),
    lasts: () => kind.lasts!(spec as never, before, scene),
    afterwards: (from: number, { reports } = before) =>
      kind.afterwards!(spec as never, { ...before, reports }, scene, { from, to: Date.now() }),
    undo: () => kind.undo(spec as never, before, scene),
    check: () => kind.check(spec as never, before, scene),
    byHand: () => kind.byHand(spec as never, before, scene),
    experiments: () => [...world.fis.experiments.values()].map(({ experiment }) => experiment),
    statuses: () => [...world.fis.experiments.values()].map(({ experiment }) => experiment.state?.status),
  };
}

describe.each([delay, error, response])("$spec.kind", (each) => {
  test("starts one experiment with one action on the function, marked in both places", async () => {
    const fault = faultIn(each);
    await fault.apply();
    const { template } = [...fault.fis.templates.values()][0]!;
    expect(template).toMatchObject({
      roleArn: fault.roleArn,
      stopConditions: [{ source: "none" }],
      targets: { function: { resourceType: "aws:lambda:function", resourceArns: [fault.functionArn] } },
      actions: { fault: { actionId: each.actionId, parameters: { duration: "PT13M", ...each.parameters } } },
      tags: { "gameday:id": "day-1/0" },
    });
    expect(fault.experiments()).toMatchObject([{ tags: { "gameday:id": "day-1/0" } }]);
    expect(fault.names).toEqual(["fence", "CreateExperimentTemplate", "fence", "StartExperiment"]);
  });

  test("is proven when experiment and action run and the extension has had its time to hear of it", async () => {
    const fault = faultIn(each);
    await fault.apply();
    expect(await fault.prove()).toMatchObject({ acting: false, evidence: [expect.stringContaining("is pending")] });
    await pass(2 * PACE_MS);
    expect(await fault.prove()).toMatchObject({ acting: false, waitSeconds: 60 });
    await pass(59_000);
    expect(await fault.prove()).toMatchObject({ acting: false, waitSeconds: 1 });
    await pass(1000);
    const { acting, evidence } = await fault.prove();
    expect(acting).toBe(true);
    expect(evidence[0]).toContain(`its action ${each.actionId}`);
    expect(evidence[0]).toMatch(/invocationPercentage=\d+.*\) running$/);
    expect(fault.injections()).toEqual([each.injected]);
  });

  test("undone leaves no experiment and no template, and is settled once the extension has heard of it", async () => {
    const fault = faultIn(each);
    await fault.apply();
    await pass(2 * PACE_MS);
    expect((await fault.check()).checks.map(({ ok }) => ok)).toEqual([false, false]);
    expect(await fault.undo()).toEqual([]);
    expect(await fault.check()).toMatchObject({ settled: false, checks: [{ ok: false }, { ok: true }] });
    await pass(PACE_MS);
    expect(await fault.check()).toMatchObject({
      settled: false,
      waitSeconds: 20,
      checks: [{ ok: false }, { ok: true }],
    });
    await pass(20_000);
    expect(await fault.check()).toEqual({
      settled: true,
      checks: [
        { what: "no FIS experiment with gameday:id=day-1/0 acts", ok: true, detail: "none found by its tag" },
        {
          what: "no FIS experiment template with gameday:id=day-1/0 is left",
          ok: true,
          detail: "none found by its tag",
        },
      ],
    });
    expect(fault.statuses()).toEqual(["stopped"]);
    expect(fault.injections()).toEqual([]);
  });
});

describe("interrupted", () => {
  test.each(["CreateExperimentTemplate", "StartExperiment"])(
    "by a lost answer of %s, the next attempt makes nothing twice",
    async (lost) => {
      const fault = faultIn(delay);
      fault.onCall.after = (name) => {
        if (name === lost) throw new Error("the answer got lost");
      };
      await expect(fault.apply()).rejects.toThrow("the answer got lost");
      fault.onCall.after = () => {};
      await fault.apply();
      expect(fault.fis.templates.size).toBe(1);
      expect(fault.fis.experiments.size).toBe(1);
    },
  );

  test.each(["CreateExperimentTemplate", "StartExperiment"])("after %s, the undo finds what there is", async (last) => {
    const fault = faultIn(delay);
    fault.onCall.after = (name) => {
      if (name === last) throw new Error("the answer got lost");
    };
    await expect(fault.apply()).rejects.toThrow();
    fault.onCall.after = () => {};
    await fault.undo();
    await pass(PACE_MS);
    expect(fault.fis.left()).toEqual([]);
  });

  test.each(["StopExperiment", "DeleteExperimentTemplate"])(
    "by a lost answer of %s, the undo is repeated",
    async (lost) => {
      const fault = faultIn(delay);
      await fault.apply();
      await pass(2 * PACE_MS);
      fault.onCall.after = (name) => {
        if (name === lost) throw new Error("the answer got lost");
      };
      await fault.undo().catch(() => {});
      fault.onCall.after = () => {};
      await fault.undo();
      await pass(PACE_MS);
      expect(fault.fis.left()).toEqual([]);
    },
  );

  test("before anything was made, there is nothing to undo", async () => {
    const fault = faultIn(delay);
    expect(await fault.undo()).toEqual([]);
    expect(await fault.check()).toMatchObject({ settled: true, checks: [{ ok: true }, { ok: true }] });
    expect(fault.names).not.toContain("fence");
  });

  test("by its undo, a late attempt to start it comes to nothing", async () => {
    const fault = faultIn(delay);
    fault.onCall.before = (name) => {
      if (name === "StartExperiment") throw new Error("lost on its way");
    };
    await expect(fault.apply()).rejects.toThrow("lost on its way");
    fault.onCall.before = () => {};
    await fault.undo();
    await expect(fault.apply()).rejects.toThrow(Transient);
    expect(fault.fis.left()).toEqual([]);
  });
});

describe("an undo", () => {
  test("of an experiment that has ended by itself only deletes the template", async () => {
    const fault = faultIn(delay);
    await fault.apply();
    await pass(2 * PACE_MS + 13 * 60_000);
    fault.names.length = 0;
    await fault.undo();
    expect(fault.names.filter((name) => !/^(List|Get)/.test(name))).toEqual(["fence", "DeleteExperimentTemplate"]);
    expect(fault.statuses()).toEqual(["completed"]);
  });

  test("is not troubled by an experiment that ends, or a template that goes, between look and call", async () => {
    const fault = faultIn(delay);
    await fault.apply();
    await pass(2 * PACE_MS);
    const other = faultIn(delay).fis;
    fault.onCall.before = (name) => {
      if (name === "StopExperiment") fault.experiments()[0]!.state = { status: "completed" };
      if (name === "DeleteExperimentTemplate") (fault.fis.templates as Map<string, unknown>).clear();
    };
    expect(await fault.undo()).toEqual([]);
    expect(other.left()).toEqual([]);
  });

  test("says so when an experiment cannot be stopped", async () => {
    const fault = faultIn(delay);
    await fault.apply();
    await pass(2 * PACE_MS);
    fault.onCall.before = (name) => {
      if (name === "StopExperiment") throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
    };
    await expect(fault.undo()).rejects.toThrow("no");
  });

  test("touches nothing of another fault, nor when the target is somebody else's by now", async () => {
    const fault = faultIn(delay);
    await fault.apply();
    await pass(2 * PACE_MS);
    const neighbour = { ...fault.scene, place: placeOfFault({ fault: { index: 1 } }) };
    await delay.kind.undo(delay.spec as never, { functionArn: fault.functionArn, reports: false }, neighbour);
    expect(fault.statuses()).toEqual(["running"]);
    fault.loseLease();
    await expect(fault.undo()).rejects.toThrow(LeaseLost);
    expect(fault.statuses()).toEqual(["running"]);
  });
});

describe("the guard's alarms", () => {
  test("are stop conditions, in the account and region of the function; FIS takes five", async () => {
    const alarms = ["a", "b", "c", "d", "e", "f"];
    const fault = faultIn(delay, { alarms });
    await fault.apply();
    expect([...fault.fis.templates.values()][0]!.template.stopConditions).toEqual(
      alarms.slice(0, 5).map((name) => ({ source: "aws:cloudwatch:alarm", value: arn("cloudwatch", `alarm:${name}`) })),
    );
  });

  test("that stop it keep it from being proven, with the reason", async () => {
    const fault = faultIn(delay, { alarms: ["Errors"] });
    await fault.apply();
    await pass(2 * PACE_MS);
    fault.fis.onAlarm(arn("cloudwatch", "alarm:Errors"), "ALARM");
    await pass(PACE_MS);
    await expect(fault.prove()).rejects.toThrow(NotProven);
    await expect(fault.prove()).rejects.toThrow(/it stopped: Stop condition .*alarm:Errors is in ALARM/);
  });
});

describe("while it should last", () => {
  test("an experiment that runs is fine", async () => {
    const fault = faultIn(delay);
    await fault.apply();
    await pass(2 * PACE_MS);
    await fault.lasts();
  });

  test("one that has ended, whyever, is evidence lost", async () => {
    const stopped = faultIn(delay, { alarms: ["Errors"] });
    await stopped.apply();
    await pass(2 * PACE_MS);
    stopped.fis.onAlarm(arn("cloudwatch", "alarm:Errors"), "ALARM");
    await expect(stopped.lasts()).rejects.toThrow(/it stopping: Stop condition/);
    const over = faultIn(delay);
    await over.apply();
    await pass(2 * PACE_MS + 13 * 60_000);
    await expect(over.lasts()).rejects.toThrow(NotProven);
  });
});

describe("once it is over", () => {
  const NAMESPACE = "aws-fis-extension";
  const NAME = target.functions.checkout!;

  test("what the extension said of the function since then is evidence, whatever its metrics are called", async () => {
    const fault = faultIn(delay);
    fault.metrics.add(NAMESPACE, "Delayed", { FunctionName: NAME }, 4);
    await pass(120_000);
    const began = Date.now();
    fault.metrics.add(NAMESPACE, "Delayed", { FunctionName: NAME }, 3);
    fault.metrics.add(NAMESPACE, "Any", { Service: "fis" }, 1);
    fault.metrics.add(NAMESPACE, "Delayed", { FunctionName: "another" }, 9);
    await pass(60_000);
    expect(await fault.afterwards(began)).toEqual({
      evidence: [`the extension in ${NAME} reported Delayed 3, Any 1`],
    });
  });

  test("silence means that nothing was injected, once CloudWatch would know of its metrics", async () => {
    const fault = faultIn(delay, { ramp: { ...RAMP, metricsSeconds: 900 } });
    const began = Date.now();
    await pass(600_000);
    expect(await fault.afterwards(began)).toEqual({
      evidence: [`the extension in ${NAME} reported nothing yet: CloudWatch may not list its metrics so soon`],
    });
    await pass(300_000);
    expect(await fault.afterwards(began)).toMatchObject({ ineffective: expect.stringContaining("reported nothing") });
  });

  test("nothing follows from the silence of one that was never told to speak", async () => {
    const fault = faultIn(delay, { ramp: { ...RAMP, metricsSeconds: 0 } });
    expect(await fault.afterwards(Date.now(), { functionArn: fault.functionArn, reports: false })).toEqual({
      evidence: [`AWS_FIS_EXTENSION_METRICS of ${NAME} is not all: its extension says nothing`],
    });
  });
});

test("what stands before is where the function is, nothing of it", async () => {
  const fault = faultIn(delay);
  expect(await fault.snapshot()).toEqual({ functionArn: fault.functionArn, reports: false });
});

test("marks name the game day and the fault", () => {
  expect(markOf(placeOfFault({ fault: { index: 2 } }))).toBe("day-1/2");
});

test("by hand: stop what runs, delete the template, both found by the tag", () => {
  const [stop, remove] = faultIn(delay).byHand();
  expect(stop).toMatch(
    /^aws fis list-experiments .*gameday:id.*'day-1\/0'.* \| xargs -rn1 aws fis stop-experiment --id$/,
  );
  expect(remove).toMatch(/^aws fis list-experiment-templates .*delete-experiment-template --id$/);
});

test("of no game day's fault is refused: a deployment is none", async () => {
  const { scene, functionArn } = faultIn(delay);
  const { fault: _, ...place } = scene.place!;
  const before = { functionArn, reports: false };
  await expect(delay.kind.apply(delay.spec as never, before, { ...scene, place })).rejects.toThrow(NotReady);
});
