import { existsSync, readFileSync } from "node:fs";
import type { FisState, KeptExperiments } from "../aws/fis/operations.ts";
import { writeAtomically } from "./atomic-file.ts";

/** FIS' templates and experiments in a file. */
export const keptExperiments = (file: string): KeptExperiments => ({
  read: () => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8"), timesAsDates) as FisState) : undefined),
  write: (state) => writeAtomically(file, JSON.stringify(state, undefined, 2)),
});

/** JSON has no dates: FIS calls every one of them a time. */
const timesAsDates = (key: string, value: unknown): unknown =>
  key.endsWith("Time") && typeof value === "string" ? new Date(value) : value;
