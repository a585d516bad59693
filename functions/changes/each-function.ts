import * as z from "zod";
import { namesOf, type OfOne } from "../../workflows/function-name.ts";
import type { FaultKind } from "./kind.ts";

interface OfFunctions {
  readonly function: string | string[];
}

/**
 * A kind for one function made into one for several: each has its own snapshot and is changed, proven and put back by
 * itself, in the drill's order and back. With one function it is the kind itself.
 */
export function onEachFunction<Spec extends OfFunctions, Before>(
  one: FaultKind<OfOne<Spec>, Before>,
): FaultKind<Spec, Record<string, Before>> {
  const each = (spec: Spec) => namesOf(spec).map((name) => [name, { ...spec, function: name } as OfOne<Spec>] as const);
  return {
    before: z.record(z.string(), one.before),

    async snapshot(spec, scene) {
      const before: Record<string, Before> = {};
      for (const [name, ofOne] of each(spec)) before[name] = await one.snapshot(ofOne, scene);
      return before;
    },

    async apply(spec, before, scene) {
      for (const [name, ofOne] of each(spec)) await one.apply(ofOne, before[name]!, scene);
    },

    async prove(spec, before, scene) {
      const proofs = await Promise.all(each(spec).map(([name, ofOne]) => one.prove(ofOne, before[name]!, scene)));
      return {
        acting: proofs.every(({ acting }) => acting),
        evidence: proofs.flatMap(({ evidence }) => evidence),
        ...longest(proofs),
      };
    },

    // What cannot be put back in one function must not keep the others as they are.
    async undo(spec, before, scene) {
      const conflicts = [];
      const failures: unknown[] = [];
      for (const [name, ofOne] of each(spec).reverse()) {
        try {
          conflicts.push(...(await one.undo(ofOne, before[name]!, scene)));
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return conflicts;
    },

    async check(spec, before, scene) {
      const looks = await Promise.all(each(spec).map(([name, ofOne]) => one.check(ofOne, before[name]!, scene)));
      return {
        settled: looks.every(({ settled }) => settled),
        checks: looks.flatMap(({ checks }) => checks),
        ...longest(looks),
      };
    },

    byHand: (spec, before, scene) => each(spec).flatMap(([name, ofOne]) => one.byHand(ofOne, before[name]!, scene)),
  };
}

function longest(looks: readonly { waitSeconds?: number }[]): { waitSeconds?: number } {
  const waits = looks.flatMap(({ waitSeconds }) => waitSeconds ?? []);
  return waits.length === 0 ? {} : { waitSeconds: Math.max(...waits) };
}
