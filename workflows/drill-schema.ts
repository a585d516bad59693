import { writeFileSync } from "node:fs";
import * as z from "zod";
import { Drill } from "./drill.ts";

const FILE = new URL("./drills/drill.schema.json", import.meta.url);

/** The JSON Schema by which editors complete and check drills, made from the zod schema. */
export function drillSchema(): object {
  return { title: "gameday drill", ...z.toJSONSchema(Drill, { io: "input" }) };
}

/** `npm run schema` writes the file; a test says when it is stale. */
if (process.argv[1] === import.meta.filename && process.argv.includes("--write")) {
  writeFileSync(FILE, `${JSON.stringify(drillSchema(), undefined, 2)}\n`);
}
