import { readFileSync } from "node:fs";
import aslValidator from "asl-validator";
import { describe, expect, test } from "vitest";
import * as errors from "../../functions/runtime/errors.ts";
import { stateOf, stepFiles } from "../../infra/steps.ts";
import { loadSteps } from "../../stand-in/gameday/steps.ts";
import { constructOf, ofType, synthesised } from "../infra/synthesised.ts";

/** One state of the Amazon States Language, as far as these tests look. */
interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: { Next: string }[];
  readonly Retry?: { ErrorEquals: string[] }[];
  readonly Catch?: { ErrorEquals: string[]; Next: string; ResultPath: string }[];
  readonly ItemProcessor?: Machine;
}
interface Machine {
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

const textOf = (name: string) => readFileSync(new URL(`../../workflows/${name}.asl.json`, import.meta.url), "utf8");
const gameDay = JSON.parse(textOf("game-day")) as Machine;
const safetyNet = JSON.parse(textOf("safety-net")) as Machine;
const machines = [
  ["game-day", gameDay],
  ["safety-net", safetyNet],
] as const;

/** Every Task with the Map around it, if there is one. */
function tasksOf(machine: Machine, map?: State): { name: string; task: State; map?: State }[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    ...(state.Type === "Task" ? [{ name, task: state, ...(map ? { map } : {}) }] : []),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor, state) : []),
  ]);
}

/** `${InjectFaultArn}` → `InjectFault` */
const substitutionOf = ({ Resource = "" }: State) => /^\$\{(\w+)Arn\}$/.exec(Resource)?.[1];

/** Where a state can go when nothing goes wrong. */
const successors = (state: State): string[] =>
  [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)].filter((next) => next !== undefined);

/** Every state that can come after one, errors included. */
function reachable(machine: Machine, from: string, seen = new Set<string>()): Set<string> {
  const state = machine.States[from];
  for (const next of state ? [...successors(state), ...(state.Catch ?? []).map(({ Next }) => Next)] : []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reachable(machine, next, seen);
  }
  return seen;
}

/** What cleans up. From here on an error must not keep what follows from being tried. */
const TAIL = ["RollBack", "StopLoad", "VerifyRestored", "Judge", "WriteReport", "Announce", "ReleaseLease"];

const resources = synthesised().gameDay;
const functions = new Map(ofType(resources, "AWS::Lambda::Function").map((fn) => [constructOf(fn), fn]));
const steps = await loadSteps();

describe("state, file, function and substitution are one to one", () => {
  const named = machines.flatMap(([, machine]) => tasksOf(machine).map(({ task }) => substitutionOf(task)));

  test.each(
    machines.flatMap(([file, machine]) => tasksOf(machine).map(({ name, task }) => [file, name, task] as const)),
  )("%s: %s", (_file, name, task) => {
    const step = substitutionOf(task);
    // Two states may call one step, as FindGameDaysAgain does: the state's name then says more.
    expect(name.startsWith(step ?? "no substitution"), `${name} calls ${task.Resource}`).toBe(true);
    expect(steps.get(step!)?.name).toBe(step);
    expect(functions.has(step!)).toBe(true);
  });

  test("every step file exports the step that it is named after", () => {
    expect([...steps.keys()].sort()).toEqual(stepFiles().map(stateOf).sort());
  });

  test("no step file without a state", () => {
    expect([...new Set(named)].sort()).toEqual(stepFiles().map(stateOf).sort());
  });

  test("substitutions are the functions, each under its own name", () => {
    const definitions = ofType(resources, "AWS::StepFunctions::StateMachine");
    expect(definitions).toHaveLength(2);
    for (const { properties } of definitions) {
      expect(properties.DefinitionSubstitutions).toEqual(
        Object.fromEntries([...functions].map(([step, fn]) => [`${step}Arn`, { "Fn::GetAtt": [fn.logicalId, "Arn"] }])),
      );
    }
  });
});

describe.each(machines)("%s", (file, machine) => {
  const tasks = tasksOf(machine);

  test("is valid once its substitutions are made", () => {
    const arn = "arn:aws:lambda:eu-central-1:123456789012:function:step";
    const result = aslValidator(JSON.parse(textOf(file).replaceAll(/\$\{\w+\}/g, arn)), { checkPaths: true });
    expect(result.isValid, result.errorsText("\n")).toBe(true);
  });

  test("has a time-out", () => {
    expect(machine.TimeoutSeconds).toBeGreaterThan(0);
  });

  test("every task waits longer than its function may take, so that the function's own error arrives", () => {
    for (const { name, task } of tasks) {
      const { Timeout } = functions.get(substitutionOf(task)!)!.properties as { Timeout: number };
      expect(task.TimeoutSeconds, name).toBeGreaterThan(Timeout);
    }
  });

  test("every task is retried, on errors that have names", () => {
    for (const { name, task } of tasks) {
      const retried = (task.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(retried, name).toEqual(expect.arrayContaining(["Transient", "Lambda.TooManyRequestsException"]));
      expect(retried, name).not.toContain("States.ALL");
      expect(retried, name).not.toContain("States.TaskFailed");
    }
  });

  test("the names of errors that it matches exist", () => {
    const known = new Set([...Object.keys(errors), "States.ALL", "States.Timeout", "Sandbox.Timedout"]);
    const matched = tasks.flatMap(({ task }) =>
      [...(task.Retry ?? []), ...(task.Catch ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals),
    );
    expect(matched.filter((name) => !known.has(name) && !name.startsWith("Lambda."))).toEqual([]);
  });

  test("every Catch keeps what went wrong beside the state, not in its place", () => {
    for (const { task, map } of tasks) {
      for (const { ResultPath } of [...(task.Catch ?? []), ...(map?.Catch ?? [])]) {
        expect(ResultPath).toMatch(/^\$\.(failure|tailFailure|rollBackFailure)$/);
      }
    }
  });
});

describe("whatever goes wrong in a game day", () => {
  const tasks = tasksOf(gameDay);
  const before = new Set(["Plan", "AcquireLease"]);

  test.each(
    tasks.filter(({ name }) => !before.has(name) && !TAIL.includes(name)).map((each) => [each.name, each] as const),
  )("%s: its failure is rolled back", (_name, { task, map }) => {
    const caught = task.Catch ?? map?.Catch ?? [];
    expect(caught).toMatchObject([{ ErrorEquals: ["States.ALL"], Next: "RollBack", ResultPath: "$.failure" }]);
  });

  test.each([...before])("%s: nothing was touched, so it is refused", (name) => {
    expect(gameDay.States[name]!.Catch).toMatchObject([{ ErrorEquals: ["States.ALL"], Next: "Refused" }]);
    expect(gameDay.States.Refused!.Type).toBe("Fail");
  });

  test.each(TAIL)("%s: its failure does not keep the rest of the clean-up from being done", (name) => {
    const task = gameDay.States[name]!;
    expect(task.Catch).toMatchObject([{ ErrorEquals: ["States.ALL"] }]);
    const next = task.Catch![0]!.Next;
    expect([...TAIL.slice(TAIL.indexOf(name) + 1), "HowDidItEnd"]).toContain(next);
    // Nothing of the tail that success would bring is left out.
    const skipped = TAIL.slice(TAIL.indexOf(name) + 1, TAIL.indexOf(next) < 0 ? TAIL.length : TAIL.indexOf(next));
    expect(skipped).toEqual([]);
  });

  test("the tail goes back in one place only: what is not as before is put back once more, while patience lasts", () => {
    const { WaitForRestoration, ...states } = gameDay.States;
    expect(WaitForRestoration).toMatchObject({ Type: "Wait", Next: "RollBack" });
    for (const [index, name] of TAIL.entries()) {
      const earlier = TAIL.slice(0, index);
      expect([...reachable({ ...gameDay, States: states }, name)].filter((state) => earlier.includes(state))).toEqual(
        [],
      );
    }
  });

  test("however it began, every way from the first change on leads past the lease", () => {
    const without: Machine = {
      ...gameDay,
      States: Object.fromEntries(Object.entries(gameDay.States).filter(([name]) => name !== "ReleaseLease")),
    };
    const ends = [...reachable(without, "Preflight")].filter((name) =>
      ["Succeed", "Fail"].includes(without.States[name]?.Type ?? ""),
    );
    expect(ends).toEqual([]);
  });

  test("a failure is still a failure after the clean-up: the execution ends Failed", () => {
    expect(gameDay.States.HowDidItEnd!.Choices).toMatchObject([
      { Variable: "$.failure", IsPresent: true, Next: "Failed" },
      { Variable: "$.tailFailure", IsPresent: true, Next: "FailedAtTheEnd" },
      { Variable: "$.rollBackFailure", IsPresent: true, Next: "FailedToRollBack" },
    ]);
    expect(gameDay.States.Failed!.Type).toBe("Fail");
    expect(gameDay.States.FailedAtTheEnd!.Type).toBe("Fail");
    expect(gameDay.States.FailedToRollBack!.Type).toBe("Fail");
  });

  test("a game day that went well is rolled back too: its deployment is still there", () => {
    expect(gameDay.States.ForEachFault).toMatchObject({ Next: "IsTargetToGo" });
    expect(gameDay.States.IsTargetToGo).toMatchObject({ Default: "RollBack" });
  });

  test("faults are injected one at a time", () => {
    expect(gameDay.States.ForEachFault).toMatchObject({ Type: "Map", MaxConcurrency: 1 });
  });
});

describe("a target whose stack is brought up for the game day", () => {
  const { Deploy, IsDeployed, WaitForDeployment, PlanTarget, PreflightTarget, Plan, Preflight } = gameDay.States;

  test("is waited for, then planned and looked at once more; any other goes on as it is", () => {
    expect(Deploy).toMatchObject({ Next: "IsDeployed" });
    expect(IsDeployed).toMatchObject({
      Choices: [
        { Variable: "$.deployment.done", BooleanEquals: false, Next: "WaitForDeployment" },
        { Variable: "$.plan.pending", IsPresent: true, Next: "PlanTarget" },
      ],
      Default: "StartLoad",
    });
    expect(WaitForDeployment).toMatchObject({ SecondsPath: "$.deployment.waitSeconds", Next: "Deploy" });
    expect(PlanTarget).toMatchObject({ ResultPath: "$.plan", Next: "PreflightTarget" });
    expect(PreflightTarget).toMatchObject({ Next: "StartLoad" });
  });

  test("is asked what it says of the faults before it goes", () => {
    const { IsTargetToGo, JudgeTarget, Judge } = gameDay.States;
    expect(IsTargetToGo).toMatchObject({
      Choices: [{ Variable: "$.plan.stack", IsPresent: true, Next: "JudgeTarget" }],
    });
    expect(JudgeTarget).toMatchObject({
      Resource: Judge!.Resource,
      Parameters: { "plan.$": "$.plan", targetGoes: true },
      Next: "RollBack",
    });
  });

  test("is planned by the same step, of the same input", () => {
    expect(PlanTarget).toMatchObject({
      Resource: Plan!.Resource,
      Parameters: { ...(Plan as { Parameters?: object }).Parameters, deployed: true },
    });
    expect(PreflightTarget!.Resource).toBe(Preflight!.Resource);
  });
});

describe("the safety net", () => {
  const { ItemProcessor } = safetyNet.States.ForEachGameDay!;
  const cleanUp = ItemProcessor as unknown as Machine;

  test("cleans up as a game day does, by the same states", () => {
    const { ReleaseLease, ...states } = cleanUp.States;
    expect(cleanUp).toMatchObject({ StartAt: "RollBack" });
    for (const name of TAIL.slice(0, -1)) {
      const { Comment: _own, ...own } = gameDay.States[name] as State & { Comment?: string };
      expect(states[name], name).toMatchObject(own);
    }
    expect(ReleaseLease).toMatchObject({ Catch: [{ Next: "LeftForTheSweep" }], Next: "CleanedUp" });
  });

  test("one game day that cannot be finished keeps no other from being cleaned up, and the execution fails", () => {
    expect(cleanUp.States.LeftForTheSweep).toMatchObject({ Type: "Pass", End: true });
    expect(safetyNet.States.IsAnythingLeft).toMatchObject({
      Choices: [{ Variable: "$.unfinished", BooleanEquals: true, Next: "Unfinished" }],
    });
    expect(safetyNet.States.Unfinished!.Type).toBe("Fail");
  });

  test("looks twice before it says that there is nothing to do", () => {
    expect(safetyNet.States.WasAnyFound).toMatchObject({
      Choices: [{ Next: "ForEachGameDay" }, { Variable: "$.search.again", Next: "WaitOutAcquireLease" }],
      Default: "NothingToDo",
    });
    expect(safetyNet.States.WaitOutAcquireLease).toMatchObject({ Type: "Wait", Next: "FindGameDaysAgain" });
  });
});
