import { readdir, readFile } from "node:fs/promises";
import type { DrillShelf } from "./step.ts";

/** The drills in a folder: beside the Plan step's bundle on AWS, `workflows/drills` in a rehearsal. */
export function drillFolder(folder: URL): DrillShelf {
  const names = async () =>
    (await readdir(folder))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => file.replace(/\.yaml$/, ""))
      .sort();
  return {
    names,
    // Only names that the folder lists are read: the name comes from the execution's input.
    read: async (name) =>
      (await names()).includes(name) ? readFile(new URL(`${name}.yaml`, folder), "utf8") : undefined,
  };
}
