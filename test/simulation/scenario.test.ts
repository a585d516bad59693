import { expect, test } from "vitest";
import { drawScenario } from "../../simulation/scenario.ts";
import { readWorld } from "../../simulation/world.ts";

const world = await readWorld();

test("a crash in a state that only game days with a stack of their own reach is drawn for one of these", () => {
  const drawn = Array.from({ length: 3000 }, (_, seed) => drawScenario(seed, world));
  const stackless = drawn.filter(({ drill }) => (drill as { deploy?: { kind: string } }).deploy?.kind !== "stack");
  const stoppedIn = (scenarios: typeof drawn) =>
    new Set(scenarios.flatMap(({ crash }) => (crash && "state" in crash ? crash.state : [])));
  const ofStacks = ["PlanTarget", "PreflightTarget", "JudgeTarget"];
  expect([...stoppedIn(drawn)]).toEqual(expect.arrayContaining(ofStacks));
  expect([...stoppedIn(stackless)].filter((state) => ofStacks.includes(state))).toEqual([]);
});
