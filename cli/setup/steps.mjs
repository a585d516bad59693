import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { progress } from "./progress.mjs";

/**
 * Runs a step unless its stamp holds the digest of its present inputs and its outputs are there. A step is
 *
 *     { about, stamp, digest(), ready(), run() }
 *
 * with the line that is shown when it begins, the stamp's file, a hash of all that its result depends on, whether the
 * result is there, and what makes it. The stamp is taken away before and written after: an interrupted step leaves none.
 */
export async function runStep(step) {
  const inputs = await step.digest();
  if (readStamp(step.stamp) === inputs && step.ready()) return;
  rmSync(step.stamp, { force: true });
  await step.run(progress);
  mkdirSync(dirname(step.stamp), { recursive: true });
  writeFileSync(`${step.stamp}.new`, inputs);
  renameSync(`${step.stamp}.new`, step.stamp);
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
