import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { digest } from "../../../cli/setup/digest.mjs";
import { executablesNamed } from "../../../cli/setup/k6-executables.mjs";
import { cacheFolder } from "../../../cli/setup/k6-search.mjs";
import { locked } from "../../../cli/setup/lock.mjs";
import { progressOn } from "../../../cli/setup/progress.mjs";
import { run } from "../../../cli/setup/run.mjs";
import { runStep } from "../../../cli/setup/steps.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where a Python with moto is, or why there is none. */
export type Installation =
  | { readonly python: string; readonly missing?: undefined }
  | { readonly python?: undefined; readonly missing: string };

/**
 * moto in a virtual environment of its own, made once for all projects of this user. Never throws for what a machine may
 * lack: Python, its venv, a package registry.
 */
export async function installMoto(environment: Environment): Promise<Installation> {
  const base: string | undefined = executablesNamed("python3", environment.PATH)[0];
  if (base === undefined) return { missing: "there is no python3 on PATH" };
  try {
    // A virtual environment is bound to the Python that made it.
    const version = (await run(base, ["--version"])).trim();
    const inputs = digest(here, ["requirements.txt"], [base, version]);
    const folder = join(cacheFolder(environment, process.platform), `moto-${inputs.slice(0, 12)}`);
    const python = join(folder, "bin", "python");
    await locked(`${folder}.lock`, () =>
      runStep(
        {
          stamp: join(folder, "installed"),
          digest: () => inputs,
          ready: () => existsSync(python),
          run: ({ progress }: { progress: Progress }) =>
            progress("installing moto for the contract tests, once (about 30 s)", () => install(base, folder, python)),
        },
        { progress: progressOn(process.stderr) },
      ),
    );
    return { python };
  } catch (error) {
    if ((error as Error).name === "Interrupted") throw error;
    return { missing: `moto could not be installed: ${lastLine((error as Error).message)}` };
  }
}

type Environment = Readonly<Record<"HOME" | "PATH" | "XDG_CACHE_HOME", string | undefined>>;
type Progress = (what: string, work: () => Promise<void>) => Promise<void>;

async function install(base: string, folder: string, python: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run(base, ["-m", "venv", folder]);
  const quick = ["--retries", "1", "--timeout", "15", "--disable-pip-version-check", "--quiet"];
  await run(python, ["-m", "pip", "install", ...quick, "--require-hashes", "-r", join(here, "requirements.txt")]);
}

/** Where pip and venv say what was wrong. */
const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? text;
