import { createRequire } from "node:module";

interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** LevelDB as dynalite itself uses it: with a database that it cannot open, dynalite ends the whole process. */
const { Level } = createRequire(createRequire(import.meta.url).resolve("dynalite"))("level") as {
  Level: new (path: string) => Level;
};

/** Why the tables in a folder cannot be opened: another process has them open, or they are broken. */
export async function whyTablesAreShut(path: string): Promise<{ inUse: boolean; reason: string } | undefined> {
  const level = new Level(path);
  try {
    await level.open();
    await level.close();
    return undefined;
  } catch (error) {
    const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    return { inUse: cause.code === "LEVEL_LOCKED", reason: cause.message };
  }
}
