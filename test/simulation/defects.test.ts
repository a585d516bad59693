import { describe, expect, test } from "vitest";
import type { Defect } from "../../simulation/defect.ts";
import { play } from "../../simulation/history.ts";
import { drawScenario } from "../../simulation/scenario.ts";
import { simulate } from "../../simulation/simulate.ts";
import { readWorld } from "../../simulation/world.ts";
import { DEFECTS } from "./defects.ts";

/** The simulation's own test: what it is there to find, it finds, and without that it finds nothing. */

const world = await readWorld();
const MOST_RUNS = 2000;

/** Where the search begins for defects that show rarely: somewhat before the seed that a search from 1 found. */
const BEGIN: Readonly<Record<string, number>> = {
  "no journal before the change": 75,
  "a snapshot that is taken again on retry": 170,
  "no wait for stragglers": 55,
  "an update without the revision that was read": 80,
  "a clean-up that gives the target back unseen": 270,
  "an announcement that nobody gets": 270,
  "no sweep": 75,
  "an undo that writes the whole old policy of a queue": 100,
  "a usage plan's throttle “none” restored as numbers": 325,
};

/** The first seed whose history shows that something is wrong. */
async function firstFailing(defect: Defect): Promise<{ seed: number; violation: string } | undefined> {
  const begin = BEGIN[defect.name] ?? 1;
  for (let seed = begin; seed < begin + MOST_RUNS; seed++) {
    const { violations } = await play(world, drawScenario(seed, world), { defect });
    if (violations[0]) return { seed, violation: violations[0] };
  }
  return undefined;
}

describe("found within 2,000 histories:", () => {
  test.each(DEFECTS.map((defect) => [defect.name, defect] as const))(
    "%s",
    async (name, defect) => {
      const found = await firstFailing(defect);
      console.log(`${name}: seed ${found?.seed}: ${found?.violation.slice(0, 110)}`);
      expect(found).toBeDefined();
    },
    180_000,
  );
});

test("without a defect nothing is left behind", async () => {
  const simulated = await simulate({ runs: 200, seed: 9, onProgress: () => {} });
  expect(simulated).toMatchObject({ runs: 200, violations: 0, failingSeeds: [] });
  expect(simulated.verdicts.passed).toBeGreaterThan(30);
  expect(simulated.verdicts.aborted).toBeGreaterThan(30);
}, 180_000);

test("the same seed gives the same history, event by event", async () => {
  const traced = async (seed: number) => {
    const lines: string[] = [];
    await play(world, drawScenario(seed, world), { trace: (line) => lines.push(line) });
    return lines;
  };
  for (const seed of [4, 1000042]) {
    const lines = await traced(seed);
    expect(lines.length).toBeGreaterThan(100);
    expect(await traced(seed)).toEqual(lines);
  }
});
