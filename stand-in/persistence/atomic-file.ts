import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Ends the name of a file that is still being written. One that a killed process left behind means nothing. */
export const UNFINISHED = "@new";

/**
 * Writes a file so that whoever reads it, after a kill too, finds the old content or the new one. It does not wait for
 * the disk: what the system holds survives the process, though not a power cut.
 */
export function writeAtomically(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}${UNFINISHED}`, content);
  renameSync(`${file}${UNFINISHED}`, file);
}

/** Writes a file that must not be there yet: of several who try, one succeeds. False for the others. */
export function claim(file: string, content: string): boolean {
  const draft = `${file}-${process.pid}${UNFINISHED}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}
