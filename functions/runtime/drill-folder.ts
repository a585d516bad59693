import { readdir, readFile } from "node:fs/promises";
import type { DrillShelf } from "./step.ts";

/**
 * The drills in a folder, each a file of its own. Beside the Plan step's bundle on AWS they are JSON, which needs no
 * parser in the bundle; `workflows/drills` has them as YAML.
 */
export function drillFolder(folder: URL, extension: "json" | "yaml", parse: (text: string) => unknown): DrillShelf {
  const names = async () =>
    (await readdir(folder))
      .filter((file) => file.endsWith(`.${extension}`) && !file.includes(".schema."))
      .map((file) => file.slice(0, -extension.length - 1))
      .sort();
  return {
    names,
    // Only names that the folder lists are read: the name comes from the execution's input.
    read: async (name) =>
      (await names()).includes(name)
        ? parse(await readFile(new URL(`${name}.${extension}`, folder), "utf8"))
        : undefined,
  };
}
