import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run.mjs";

/** `2.2.0`, or undefined when the file does not run or is no k6. */
export async function versionOf(path, stop) {
  if (!existsSync(path)) return undefined;
  try {
    // It calls itself by its file's name: `NAME v2.2.0 (go1.26.8, linux/amd64)`.
    return /^\S+ v(\d+\.\d+\.\d+)\b.*\(.*\bgo/.exec(await run(path, ["version"], { stop }))?.[1];
  } catch (error) {
    if (error.name === "Interrupted") throw error;
    return undefined;
  }
}

export function executablesNamed(name, path = "") {
  const files = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name));
  return [...new Set(files)].filter((file) => existsSync(file));
}
