import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Runs chains of steps side by side, each chain in its order. When a step fails, what runs beside it is stopped; its error
 * is thrown once all is quiet.
 *
 * @param means `progress`, and the AbortController `stop` that ends all of it
 */
export async function runSideBySide(chains, { progress, stop }) {
  const runChain = async (chain) => {
    for (const step of chain) {
      if (stop.signal.aborted) return;
      await runStep(step, { progress, stop: stop.signal }).catch((error) => stop.abort(named(error, step)));
    }
  };
  await Promise.all(chains.map(runChain));
  stop.signal.throwIfAborted();
}

function named(error, { name }) {
  if (error.name !== "Interrupted") error.message = `${name}: ${error.message}`;
  return error;
}

/**
 * Runs a step unless its stamp holds the digest of its present inputs and its outputs are there. A step is
 *
 *     { name, stamp, digest(), ready(), run({ progress, stop }) }
 *
 * with what it is called in errors, the stamp's file, a hash of all that its result depends on, whether the result is
 * there, and what makes it. The stamp is taken away before and written after: an interrupted step leaves none.
 */
export async function runStep(step, means) {
  const inputs = await step.digest();
  if (readStamp(step.stamp) === inputs && step.ready()) return;
  rmSync(step.stamp, { force: true });
  await step.run(means);
  mkdirSync(dirname(step.stamp), { recursive: true });
  writeFileSync(`${step.stamp}.new`, inputs);
  renameSync(`${step.stamp}.new`, step.stamp);
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
