import * as z from "zod";
import { resultKey } from "../../workflows/names.ts";
import { Plan, Restored } from "../../workflows/state.ts";
import { Unfinished } from "../runtime/errors.ts";
import { step } from "../runtime/step.ts";

/** The whole state: what this execution itself has seen to be done is in it. */
const ReleaseInput = z.object({
  plan: Plan,
  restored: z.object({ done: z.boolean(), ok: z.boolean() }).optional(),
  announced: z.object({ reported: z.boolean() }).optional(),
});

/** So many safety nets may fail to look before people have to. */
const MOST_CLEAN_UPS = 5;

/**
 * Gives the target back; one that is not restored is quarantined instead. When it could not be looked at, or nobody was
 * told, the lease stays: the safety net does again what is missing.
 */
export const releaseLease = step(
  "ReleaseLease",
  ReleaseInput,
  async ({ plan, restored, announced }, { leases, results }) => {
    const { target, id } = plan;
    const verified = restored?.done === true;
    if (verified && !restored.ok) {
      const checks = (await results.getJson(resultKey(id, "restored.json"), Restored))?.checks ?? [];
      const found = checks.find((check) => !check.ok)?.what ?? "everything as it was";
      await leases.quarantine(target.name, id, `not restored: ${found}`);
    } else if (!verified && ((await leases.read(target.name))?.cleanUps ?? 0) >= MOST_CLEAN_UPS) {
      await leases.quarantine(target.name, id, "it could not be verified that everything is back");
    }
    const finished = verified && announced?.reported === true;
    if (!finished) {
      throw new Unfinished(
        "a game day that is verified, reported and announced",
        [verified ? [] : "no verification", announced?.reported ? [] : "no report that was announced"]
          .flat()
          .join(", "),
        "The target stays taken until the safety net has done what is missing.",
      );
    }
    if (restored.ok) await leases.release(target.name, id);
    return { released: restored.ok };
  },
);
