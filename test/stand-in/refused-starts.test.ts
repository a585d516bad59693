import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startRegion } from "../../stand-in/hosted-region.ts";
import { edited, ordersOnly, resourceAt } from "./templates.ts";

/** A target that is not to be touched now: what somebody sees who looks at the execution, and who is told. */

let stop: () => Promise<void> = async () => {};
afterEach(() => stop());

const control = parse(readFileSync(new URL("../../workflows/drills/control.yaml", import.meta.url), "utf8")) as object;

/** A region whose target has an alarm that is on as long as there is no load. */
async function region({ alarmed = false } = {}) {
  const shipped = ordersOnly();
  const hosted = alarmed
    ? edited(shipped, "Orders", (template) => {
        const alarm = resourceAt(template, "Orders/Watch/ErrorsAlarm", "AWS::CloudWatch::Alarm").Properties;
        Object.assign(alarm, { TreatMissingData: "breaching", EvaluationPeriods: 1, DatapointsToAlarm: 1 });
      })
    : shipped;
  let alarmOn = () => {};
  const waiting = new Promise<void>((resolve) => {
    alarmOn = resolve;
  });
  const started = await startRegion({
    assembly: hosted,
    k6Path: "/nowhere/k6",
    alarmPeriodSeconds: 1,
    onAlarm: ({ to }) => to === "ALARM" && alarmOn(),
  });
  stop = async () => {
    await started.quiet();
    await started.stop();
  };
  if (alarmed) await waiting;
  const machine = started.graph
    .ofType("AWS::StepFunctions::StateMachine")
    .find(({ path }) => path.startsWith("GameDay/GameDay/"))!;
  const start = (name: string, drill: object = {}) =>
    started.start(machine.arn ?? "", name, { drill: { ...control, ...drill }, profile: "rehearsal" });
  const safetyNets = () =>
    Promise.all(
      [...started.executions.values()]
        .filter(({ machineArn }) => machineArn !== machine.arn)
        .map(async (net) => (await net.ended).status),
    );
  return { ...started, published: started.aws.published, start, safetyNets };
}

describe("none starts", () => {
  test("while the target is in alarm: the alarm and its reason are named, and nothing is said of a clean-up", async () => {
    const { start, quiet, safetyNets, published, changed, leases } = await region({ alarmed: true });
    const { status, error, cause } = await start("day-1").ended;
    expect({ status, error }).toEqual({ status: "FAILED", error: "NotReady" });
    expect(cause).toMatch(
      /^Expected target "orders" to be ready; found alarm Orders-WatchErrorsAlarm\S+ is already in ALARM: .+\. Nothing was touched\.$/,
    );
    await quiet();
    // The alarm over the others has told people as well.
    const announced = published.filter(({ subject }) => subject.startsWith("gameday"));
    expect(announced.map(({ subject }) => subject)).toEqual(["gameday control on orders: invalid"]);
    expect(await safetyNets()).toEqual(["SUCCEEDED"]);
    expect(changed()).toEqual([]);
    expect(await leases!.all()).toEqual([]);
  });

  test("while another game day has the target: its name and its end are named, and nobody is told", async () => {
    const { start, quiet, safetyNets, published, leases } = await region();
    const holder = { id: "the-other-day", executionArn: "arn:aws:states:x:0:execution:GameDay:the-other-day" };
    await leases!.acquire("orders", holder, new Date("2099-01-01T00:00:00Z"));
    expect(await start("day-1").ended).toEqual({
      status: "FAILED",
      error: "TargetNotFree",
      cause:
        'Expected target "orders" to be free; found a game day that holds it: the-other-day. Its lease ends 2099-01-01T00:00:00.000Z.',
    });
    await quiet();
    expect(published).toEqual([]);
    expect(await safetyNets()).toEqual(["SUCCEEDED"]);
    expect(await leases!.read("orders")).toMatchObject({ holder: "the-other-day" });
  });

  test("while the target is in quarantine: why, and what to type, is named, and nobody is told again", async () => {
    const { start, quiet, safetyNets, published, leases } = await region();
    const holder = { id: "the-other-day", executionArn: "arn:aws:states:x:0:execution:GameDay:the-other-day" };
    await leases!.acquire("orders", holder, new Date("2099-01-01T00:00:00Z"));
    await leases!.quarantine("orders", "the-other-day", "not restored: SLOW_MS");
    const { error, cause } = await start("day-1", { startsInAlarm: true }).ended;
    expect(error).toBe("TargetNotFree");
    expect(cause).toContain("found it in quarantine since game day the-other-day: not restored: SLOW_MS.");
    expect(cause).toContain("gameday release orders --reason");
    await quiet();
    expect(published).toEqual([]);
    expect(await safetyNets()).toEqual(["SUCCEEDED"]);
  });
});

describe("a drill that starts in alarm", () => {
  const deployed = async (drill: object) => {
    const { start } = await region({ alarmed: true });
    const execution = start("day-1", { startsInAlarm: true, ...drill });
    while (execution.status === "RUNNING" && !execution.history.some(({ state }) => state === "Deploy")) {
      await new Promise((done) => setTimeout(done, 5));
    }
    const began = execution.history.some(({ state }) => state === "Deploy");
    execution.stop();
    return { began, ...(await execution.ended) };
  };

  test("does", async () => {
    expect(await deployed({})).toMatchObject({ began: true });
  });

  test("does not when its guard has that alarm, which would end it at once", async () => {
    const { began, error } = await deployed({ guard: { alarms: "any" } });
    expect({ began, error }).toEqual({ began: false, error: "NotReady" });
  });
});
