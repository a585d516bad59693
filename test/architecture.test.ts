import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Which room may import which: those before it in this list, and itself. See docs/architecture.md. */
const ROOMS =
  "workflows loadgen analysis report functions infra examples stand-in rehearsal simulation bench cli".split(" ");
/** Rooms that name the code of others by path only, and those that they may import. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  infra: ["workflows"],
  // The handlers are observed as the steps are.
  examples: ["workflows", "functions/runtime/powertools.ts", "infra"],
  "stand-in": ["workflows", "loadgen", "analysis", "functions"],
};
/** What puts a whole together names its parts: the app of CDK. */
const WHOLES = new Set(["infra/app.ts"]);

const root = fileURLToPath(new URL("..", import.meta.url));
const files = globSync(`{${ROOMS.join(",")}}/**/*.{ts,mjs}`, { cwd: root }).sort();
const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
    .map(([, path = ""]) => normalize(join(dirname(file), path)))
    .filter((path) => files.includes(path));
const roomOf = (file: string) => file.split("/")[0]!;

const allowed = (file: string, imported: string): boolean => {
  const [from, to] = [roomOf(file), roomOf(imported)];
  if (from === to || WHOLES.has(file)) return true;
  const only = ONLY[from];
  return only ? only.some((path) => imported.startsWith(path)) : ROOMS.indexOf(to) < ROOMS.indexOf(from);
};

test("arrows point downwards", () => {
  const upwards = files.flatMap((file) =>
    importsOf(file).flatMap((imported) => (allowed(file, imported) ? [] : [`${file} -> ${imported}`])),
  );
  expect(upwards).toEqual([]);
  expect(files.length).toBeGreaterThan(400);
});

test("what calls AWS imports nothing of the stand-in, however far away", () => {
  const reached = new Set(files.filter((file) => file.startsWith("cli/aws/")));
  for (const file of reached) for (const imported of importsOf(file)) reached.add(imported);
  expect([...reached].filter((file) => /^(stand-in|rehearsal|simulation)\//.test(file))).toEqual([]);
});
