import * as z from "zod";
import type { NoFault } from "../../workflows/faults.ts";
import type { FaultKind } from "./kind.ts";

/** The control: everything happens as with a fault, but nothing is changed. */
export const none: FaultKind<NoFault, null> = {
  before: z.null(),
  snapshot: async () => null,
  apply: async () => {},
  prove: async () => ({ acting: true, evidence: ["nothing was changed, as intended"] }),
  undo: async () => [],
  check: async () => ({ settled: true, checks: [] }),
  byHand: () => [],
};
