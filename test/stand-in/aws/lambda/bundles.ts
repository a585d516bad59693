import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A folder of small modules, as bundles of hosted functions or scripts of tasks. */
export function folderOfModules() {
  const folder = mkdtempSync(join(tmpdir(), "gameday-modules-"));
  let count = 0;
  return {
    /** Path of a module with this text. */
    write(text: string): string {
      const file = join(folder, `module-${++count}.mjs`);
      writeFileSync(file, text);
      return file;
    },
    /** The same as a `file:` URL. */
    url(text: string): string {
      return pathToFileURL(this.write(text)).href;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
