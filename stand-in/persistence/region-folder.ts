import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writeAtomically } from "./atomic-file.ts";
import { SavedExecution } from "./executions.ts";
import { becomeOwner, Mark, ownerOf } from "./owner.ts";
import { isRunning, markOf, type ProcessMark } from "./process.ts";

const VERSION = 2;

const Description = z.object({
  version: z.literal(VERSION),
  /** The game day's id, and the folder's name. */
  id: z.string(),
  drill: z.string(),
  target: z.string(),
  startedAt: z.iso.datetime(),
  /** Physical names are made with it: with the same one the templates give the same names again. */
  salt: z.string(),
  alarmPeriodSeconds: z.number().optional(),
  /** Folder under which the game day's report is laid. */
  reports: z.string(),
  /** Where the leases are, to be found without the templates. */
  leaseTable: z.string().optional(),
  executions: z.array(SavedExecution),
  /** The processes of its load tasks, each with the group that it leads. */
  tasks: z.array(Mark),
  /** Its process came to its end, and the safety net could not make it let go of its target. */
  unfinished: z.boolean().optional(),
  /** What could not be put back, so that the region is kept until a person releases the target. */
  quarantine: z.object({ holder: z.string(), reason: z.string() }).optional(),
});
export type Description = z.infer<typeof Description>;

export type NewRegion = Pick<Description, "id" | "drill" | "target" | "reports" | "alarmPeriodSeconds">;

/** Whose a region is: its own process's; another one's that cleans it up; nobody's; or kept for a person to look at. */
export type Standing = "running" | "being cleaned up" | "abandoned" | "quarantined";

/**
 * What of a stand-in region AWS would keep whatever becomes of this process, in a folder: tables, objects, functions'
 * configuration, and which executions there were.
 */
export class RegionFolder {
  readonly folder: string;
  #description: Description;

  private constructor(folder: string, description: Description) {
    this.folder = folder;
    this.#description = description;
  }

  /** A new region, owned by this process; undefined when there is one of that id already. */
  static create(root: string, region: NewRegion): RegionFolder | undefined {
    const draft = scratch(root, `new-${region.id}`);
    const now = new Date();
    const description: Description = {
      version: VERSION,
      ...region,
      startedAt: now.toISOString(),
      salt: `${now.getTime()}-${process.pid}`,
      executions: [],
      tasks: [],
    };
    mkdirSync(draft, { recursive: true });
    const saved = new RegionFolder(join(root, region.id), description);
    writeAtomically(join(draft, "region.json"), JSON.stringify(description, undefined, 2));
    becomeOwner(draft, 1);
    try {
      // A folder takes the place of an empty one only, and a region's never is.
      renameSync(draft, saved.folder);
      return saved;
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(saved.folder)) throw error;
      return undefined;
    }
  }

  /** All regions under the folder; what cannot be read is named, with what is wrong with it. */
  static list(root: string): { regions: RegionFolder[]; unreadable: { folder: string; reason: string }[] } {
    const regions: RegionFolder[] = [];
    const unreadable: { folder: string; reason: string }[] = [];
    for (const name of existsSync(root) ? readdirSync(root).sort() : []) {
      if (name.startsWith(".")) sweep(root, name);
      else {
        const folder = join(root, name);
        try {
          regions.push(RegionFolder.#read(folder));
        } catch (error) {
          // Its owner may have removed it since the folder was listed.
          if (existsSync(folder)) unreadable.push({ folder, reason: reasonOf(error) });
        }
      }
    }
    return { regions, unreadable };
  }

  /** The region of a game day as it is now; undefined when there is none, or not any more. */
  static find(root: string, id: string): RegionFolder | undefined {
    return RegionFolder.list(root).regions.find((region) => region.description.id === id);
  }

  static #read(folder: string): RegionFolder {
    const description = Description.parse(JSON.parse(readFileSync(join(folder, "region.json"), "utf8")));
    return new RegionFolder(folder, description);
  }

  get description(): Description {
    return this.#description;
  }

  get tables(): string {
    return join(this.folder, "tables");
  }
  get buckets(): string {
    return join(this.folder, "buckets");
  }
  get parts(): string {
    return join(this.folder, "parts.json");
  }
  get stacks(): string {
    return join(this.folder, "stacks.json");
  }
  get experiments(): string {
    return join(this.folder, "experiments.json");
  }

  /** Whose it is right now. */
  standing(): Standing {
    const { number, process } = ownerOf(this.folder);
    if (process && isRunning(process)) return number === 1 ? "running" : "being cleaned up";
    return this.#description.quarantine ? "quarantined" : "abandoned";
  }

  /** The process that owns it, running or not. */
  owner(): ProcessMark | undefined {
    return ownerOf(this.folder).process;
  }

  /** Makes this process the owner of a region whose owner is gone; false when somebody is quicker. */
  takeOver(): boolean {
    try {
      const { number, process } = ownerOf(this.folder);
      if (process && isRunning(process)) return false;
      if (!becomeOwner(this.folder, Math.max(number, 1) + 1)) return false;
      // What the last owner wrote since this was read counts.
      this.#description = RegionFolder.#read(this.folder).description;
      return true;
    } catch (error) {
      // Its last owner, or another one, has removed it meanwhile.
      if (existsSync(this.folder)) throw error;
      return false;
    }
  }

  write(change: Partial<Description>): void {
    this.#description = { ...this.#description, ...change };
    writeAtomically(join(this.folder, "region.json"), JSON.stringify(this.#description, undefined, 2));
  }

  /** Writes down an execution, in place of what was known of it. */
  writeExecution(execution: SavedExecution): void {
    const known = this.#description.executions;
    const before = known.find(({ arn }) => arn === execution.arn);
    const rest = known.filter((other) => other !== before);
    this.write({ executions: [...rest, { ...before, ...execution }] });
  }

  writeInput(arn: string, input: unknown): void {
    const execution = this.#description.executions.find((candidate) => candidate.arn === arn);
    if (execution) this.writeExecution({ ...execution, input: z.json().parse(input) });
  }

  writeTask(pid: number): void {
    this.write({ tasks: [...this.#description.tasks, markOf(pid)] });
  }

  /** Ends load that its last owner left running: the gateway to which it would report is gone. */
  killTasks(): void {
    for (const task of this.#description.tasks.filter(isRunning)) killGroup(task.pid);
    this.write({ tasks: [] });
  }

  /** Takes it out of the list at once, and then apart. */
  remove(): void {
    const gone = scratch(join(this.folder, ".."), `removed-${this.#description.id}`);
    renameSync(this.folder, gone);
    rmSync(gone, { recursive: true, force: true });
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const reasonOf = (error: unknown) =>
  error instanceof z.ZodError
    ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
    : (error as Error).message;

/** A folder that is being made or taken apart by this process. */
const scratch = (root: string, what: string) => join(root, `.${process.pid}-${what}`);

/** Takes away what a killed process was making or taking apart. */
function sweep(root: string, name: string): void {
  const pid = Number(/^\.(\d+)-/.exec(name)?.[1] ?? 0);
  try {
    if (pid > 0) process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") rmSync(join(root, name), { recursive: true, force: true });
  }
}
