import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/**
 * A test file has a temporary directory of its own, and so do the processes that it starts. It goes when the file has
 * ended: hooks run in reverse order, so that this one is the last.
 */
const { TMPDIR } = process.env;
const own = mkdtempSync(join(tmpdir(), "file-"));
process.env.TMPDIR = own;

afterAll(() => {
  process.env.TMPDIR = TMPDIR ?? "/tmp";
  rmSync(own, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});
