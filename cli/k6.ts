import { existsSync, readFileSync } from "node:fs";

const RECORD = new URL("../.gameday/setup/k6.json", import.meta.url);

/** Where the set-up found or built k6. Throws when it has not run, or when that k6 is gone. */
export function locateK6(record: URL = RECORD): string {
  if (!existsSync(record)) throw new Error("expected k6 to be set up; run `node cli/setup/main.mjs`");
  const { path } = JSON.parse(readFileSync(record, "utf8")) as { path: string };
  if (!existsSync(path)) throw new Error(`expected k6 at ${path}, but it is gone; run \`node cli/setup/main.mjs\``);
  return path;
}
