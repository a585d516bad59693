import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import type { Operations } from "../aws/operation.ts";
import { type Part, type PartState, sameState, settledState } from "../aws/service.ts";
import { writeAtomically } from "./atomic-file.ts";

const States = z.record(z.string(), z.record(z.string(), z.json()));
/** What parts were when their stack was deployed, and what they are now, by their names. */
export const SavedParts = z.object({ deployed: States, now: States });

export interface KeptParts {
  /** The same operations, whose changes are kept. */
  around(operations: Operations): Operations;
  /** What is not as its stack deployed it, in whichever process that was. */
  changed(): string[];
}

/**
 * Keeps in a file what calls change, as AWS would keep it: what the file holds from before is put into the parts, and it is
 * written after every operation that may change one. Without a file nothing outlives the process.
 */
export function keepParts(parts: readonly Part[], file: string | undefined): KeptParts {
  const saved = file && existsSync(file) ? SavedParts.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  const deployed: Readonly<Record<string, PartState>> = saved?.deployed ?? statesOf(parts);
  for (const part of parts) {
    const before = saved?.now[part.name];
    if (before) part.write(before);
  }
  const save = () => {
    if (file) writeAtomically(file, JSON.stringify({ deployed, now: statesOf(parts) }, undefined, 2));
  };
  save();
  return {
    around: (operations) =>
      Object.fromEntries(
        Object.entries(operations).map(([name, played]) => {
          if (!played.mutates) return [name, played];
          const run: typeof played.run = async (input) => {
            try {
              return await played.run(input);
            } finally {
              save();
            }
          };
          return [name, { ...played, run }];
        }),
      ),
    changed() {
      const now = statesOf(parts);
      return Object.keys(deployed).filter((name) => !sameState(now[name], deployed[name]));
    },
  };
}

const statesOf = (parts: readonly Part[]): Record<string, PartState> =>
  Object.fromEntries(parts.map((part) => [part.name, settledState(part)]));
