import * as z from "zod";
import { resultKey } from "../../loadgen/keys.ts";
import { Plan, Restored } from "../../workflows/state.ts";
import { step } from "../runtime/step.ts";

/** Gives the target back; one that could not be shown to be restored is quarantined instead. */
export const releaseLease = step(
  "ReleaseLease",
  z.object({ plan: Plan }),
  async ({ plan }, { leases, results, journal }) => {
    const restored = await results.getJson(resultKey(plan.id, "restored.json"), Restored);
    const nothingChanged = (await journal.read(plan.id)).length === 0;
    if (restored?.ok || nothingChanged) {
      await leases.release(plan.target.name, plan.id);
      return { released: true };
    }
    const reason =
      restored?.checks.find((check) => !check.ok)?.what ?? "it could not be verified that everything is back";
    await leases.quarantine(plan.target.name, plan.id, `not restored: ${reason}`);
    return { released: false };
  },
);
