import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { claim } from "./atomic-file.ts";
import { type ProcessMark, thisProcess } from "./process.ts";

export const Mark = z.object({ pid: z.int(), started: z.string() });

/**
 * Whose a folder is: `owner-N.json` says it, each written once, and the last of them counts. Another process makes
 * itself the next owner when the last is gone, and of several who try only one can.
 */
export interface Owner {
  /** 1 for who made the folder; 0 when there is no owner, because the folder has been removed. */
  readonly number: number;
  readonly process: ProcessMark | undefined;
}

export function ownerOf(folder: string): Owner {
  try {
    const number = Math.max(
      0,
      ...readdirSync(folder).map((file) => Number(/^owner-(\d+)\.json$/.exec(file)?.[1] ?? 0)),
    );
    if (number === 0) return { number, process: undefined };
    return { number, process: Mark.parse(JSON.parse(readFileSync(fileOf(folder, number), "utf8"))) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { number: 0, process: undefined };
  }
}

/** False when somebody is that owner already. */
export const becomeOwner = (folder: string, number: number): boolean =>
  claim(fileOf(folder, number), JSON.stringify(thisProcess()));

const fileOf = (folder: string, number: number) => join(folder, `owner-${number}.json`);
