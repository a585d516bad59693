import fc from "fast-check";
import { expect, vi } from "vitest";
import type { FaultKind, Scene } from "../../../functions/changes/kind.ts";
import { ChangedMeanwhile, Transient } from "../../../functions/runtime/errors.ts";
import { type Fate, Lost } from "./fake-lambda.ts";
import { UPDATE_MS } from "./stage.ts";

const fate = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fate>("answered") },
  fc.constantFrom<Fate>("lost", "answer lost"),
);

/** Call by call: what somebody else edits right before it, and what becomes of it. */
export const meanwhile = <Edit>(edits: fc.Arbitrary<Edit>) =>
  fc.array(fc.record({ edit: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, edits), fate }), {
    maxLength: 12,
  });

/** Tries as the state machine does: again, and later, after what is worth another try. */
async function tried<T>(act: () => Promise<T>, times = 40): Promise<T | undefined> {
  for (let attempt = 0; attempt < times; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Lost || error instanceof Transient || error instanceof ChangedMeanwhile)) throw error;
      vi.advanceTimersByTime(UPDATE_MS);
    }
  }
  return undefined;
}

/** Every verb of a fault, in virtual time, each tried until it is through or given up. */
export async function wholeFault<Spec>(kind: FaultKind<Spec, unknown>, spec: Spec, scene: Scene): Promise<void> {
  const before = await tried(() => kind.snapshot(spec, scene));
  await tried(() => kind.apply(spec, before, scene), 4);
  await tried(() => kind.apply(spec, before, scene), 2);
  vi.advanceTimersByTime(UPDATE_MS);
  expect(await tried(() => kind.undo(spec, before, scene))).toBeDefined();
  vi.advanceTimersByTime(UPDATE_MS);
  expect(await tried(() => kind.undo(spec, before, scene))).toBeDefined();
  vi.advanceTimersByTime(UPDATE_MS);
  const { checks } = (await tried(() => kind.check(spec, before, scene)))!;
  expect(checks.every(({ ok }) => ok)).toBe(true);
}
