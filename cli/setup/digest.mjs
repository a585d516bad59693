import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * One hash over names and contents of files and folders below `root`, and over further values. Dates play no part: a
 * fresh clone or a switched branch has new dates and the same content. What does not exist counts as absent.
 */
export function digest(root, paths, values = []) {
  const hash = createHash("sha256");
  for (const value of values) hash.update(`value ${JSON.stringify(value ?? null)}\n`);
  for (const path of paths) {
    for (const file of filesUnder(root, path)) {
      hash.update(`file ${file}\n`).update(
        createHash("sha256")
          .update(readFileSync(join(root, file)))
          .digest(),
      );
    }
  }
  return hash.digest("hex");
}

function filesUnder(root, path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesUnder(root, `${path}/${name}`));
}
