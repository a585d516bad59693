import * as z from "zod";

/** Where gameday's parts are, as its own stack says in an SSM parameter. */
export const System = z.object({
  leaseTable: z.string(),
  journalTable: z.string(),
  resultsBucket: z.string(),
  /** ARNs of the state machines. */
  gameDay: z.string(),
  safetyNet: z.string(),
});
export type System = z.infer<typeof System>;
