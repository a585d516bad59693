import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { FunctionRecord, LambdaPlane } from "../aws/lambda/operations.ts";
import type { Service } from "../aws/operation.ts";
import { writeAtomically } from "./atomic-file.ts";

/** What names a function, and what passes by itself: the rest of its record is what calls change. */
const NOT_STATE: readonly string[] = [
  "name",
  "arn",
  "roleArn",
  "timeoutSeconds",
  "tags",
  "layers",
  "revisionId",
  "lastUpdateStatus",
] satisfies (keyof FunctionRecord)[];

const States = z.record(z.string(), z.record(z.string(), z.json()));
type States = z.infer<typeof States>;
export const SavedFunctions = z.object({ deployed: States, now: States });

export interface KeptFunctions {
  readonly service: Service;
  /** Functions that are not as their stack deployed them, in whichever process that was. */
  changed(): string[];
}

/**
 * Keeps the functions' configuration in a file, as Lambda would: what it holds from before is put into the records, and
 * every operation that may change one is followed by writing it. Without a file nothing outlives the process.
 */
export function keepFunctions({ functions, service }: LambdaPlane, file: string | undefined): KeptFunctions {
  const saved = file && existsSync(file) ? SavedFunctions.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  const deployed = saved?.deployed ?? statesOf(functions);
  for (const [name, state] of Object.entries(saved?.now ?? {})) {
    const record = functions.get(name);
    if (record) Object.assign(record, absentAsUndefined(record, state), state);
  }
  const save = () => {
    if (file) writeAtomically(file, JSON.stringify({ deployed, now: statesOf(functions) }, undefined, 2));
  };
  save();
  return {
    service: Object.fromEntries(
      Object.entries(service).map(([name, played]) => {
        if (/^(Get|List)/.test(name)) return [name, played];
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
      const now = statesOf(functions);
      return Object.keys(deployed).filter((name) => !isDeepStrictEqual(now[name], deployed[name]));
    },
  };
}

const statesOf = (functions: LambdaPlane["functions"]): States =>
  Object.fromEntries([...functions.values()].map((record) => [record.name, stateOf(record)]));

/** As JSON has it. */
function stateOf(record: FunctionRecord): States[string] {
  const fields = Object.entries(record).filter(([key, value]) => !NOT_STATE.includes(key) && value !== undefined);
  return JSON.parse(JSON.stringify(Object.fromEntries(fields)));
}

const absentAsUndefined = (record: FunctionRecord, state: States[string]) =>
  Object.fromEntries(
    Object.keys(stateOf(record))
      .filter((key) => !(key in state))
      .map((key) => [key, undefined]),
  );
