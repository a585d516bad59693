import * as z from "zod";
import { Plan, PlannedFault } from "../../workflows/state.ts";
import { NotProven } from "../runtime/errors.ts";
import { type Entry, faultChange } from "./entry.ts";
import type { Journal } from "./journal.ts";

/** What the steps of one fault are given. */
export const FaultInput = z.object({ plan: Plan, fault: PlannedFault });

/** The journal's entry of a fault that must have been injected. */
export async function entryOfFault(plan: Plan, fault: PlannedFault, journal: Journal): Promise<Entry> {
  const entry = await journal.find(plan.id, faultChange(fault));
  if (!entry) throw new NotProven(`fault "${fault.name}" in the journal`, "no entry", "InjectFault must run first.");
  return entry;
}
