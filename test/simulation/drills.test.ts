import { describe, expect, test } from "vitest";
import { play } from "../../simulation/history.ts";
import { calmScenario, drawScenario } from "../../simulation/scenario.ts";
import { readWorld } from "../../simulation/world.ts";
import { DETECTORS } from "../../workflows/drill.ts";
import { FaultSpec } from "../../workflows/faults.ts";

const world = await readWorld();
const KINDS = FaultSpec.options.map(({ shape }) => shape.kind.value);

interface Drawn {
  readonly faults: readonly { readonly kind: string; readonly expect: readonly { readonly detector: string }[] }[];
  readonly guard?: object;
}

test("every detector is listened to, but for that of targets with metrics of their own", () => {
  const drawn = Array.from({ length: 200 }, (_, seed) => drawScenario(seed, world).drill as Drawn);
  const listened = drawn.flatMap(({ faults }) => faults.flatMap(({ expect: who }) => who.map((one) => one.detector)));
  expect(new Set(listened)).toEqual(new Set(DETECTORS.filter((name) => name !== "function-metrics")));
});

describe("when nothing goes wrong, a game day passes with", () => {
  test.each(KINDS)(
    "%s",
    async (kind) => {
      const alone = (seed: number) => {
        const { faults, guard } = calmScenario(seed).drill as Drawn;
        return faults.length === 1 && faults[0]?.kind === kind && !guard;
      };
      const seed = Array.from({ length: 1000 }, (_, index) => index + 1).find(alone);
      if (seed === undefined) throw new Error(`${kind} is never drawn: it wants a line in simulation/drills.ts`);
      const outcome = await play(world, calmScenario(seed));
      expect(outcome).toMatchObject({ violations: [], verdict: "passed", reasons: [] });
    },
    60_000,
  );
});
