import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const NAME = "gameday-tests-";

/** The run has a temporary directory of its own. It fails when a test file has left something in it. */
export default function ownDirectory(): () => void {
  // Each project of the run asks: the first one has made it.
  if (basename(tmpdir()).startsWith(NAME)) return () => {};
  const own = mkdtempSync(join(tmpdir(), NAME));
  const { TMPDIR } = process.env;
  process.env.TMPDIR = own;
  return () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    const left = readdirSync(own);
    rmSync(own, { recursive: true, force: true });
    if (left.length === 0) return;
    process.exitCode = 1;
    throw new Error(`Expected the tests to leave nothing in the temporary directory; found ${left.join(", ")}.`);
  };
}
