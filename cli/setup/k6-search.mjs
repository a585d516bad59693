import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildWithGo, buildWithPythonsGo } from "./k6-build.mjs";
import { executablesNamed, versionOf } from "./k6-executables.mjs";

/** `2.2.0`, from the go.mod that pins it. */
export function pinnedVersion(goMod) {
  const match = /go\.k6\.io\/k6\/v2 v(\d+\.\d+\.\d+)/.exec(goMod);
  if (!match) throw new Error("expected loadgen/k6/go.mod to require go.k6.io/k6/v2 of some version");
  return match[1];
}

/**
 * The first k6 that fits, as `{ path, version, from }`: the one that K6_PATH names, one on PATH, the one that was built
 * before, or one built now. A patch release of the pinned minor version fits.
 */
export async function findK6({ version, module, environment, progress, stop }) {
  const fits = (found) => found?.startsWith(`${version.split(".").slice(0, 2).join(".")}.`);
  const tried = [];

  const named = environment.K6_PATH;
  if (named) {
    const actual = await versionOf(named, stop);
    if (fits(actual)) return { path: named, version: actual, from: "K6_PATH" };
    throw new Error(
      `expected K6_PATH to name k6 ${version}, found ${actual ?? "nothing that runs"} at ${named}\n${ways(version)}`,
    );
  }
  tried.push("K6_PATH is not set");

  for (const path of executablesNamed("k6", environment.PATH)) {
    const actual = await versionOf(path, stop);
    if (fits(actual)) return { path, version: actual, from: "PATH" };
    tried.push(`${path} is ${actual ? `version ${actual}` : "no k6 that runs"}`);
  }
  if (tried.length === 1) tried.push("there is no k6 on PATH");

  const cache = cacheFolder(environment, process.platform);
  const path = join(cache, `k6-${version}-${process.platform}-${process.arch}`, "k6");
  if (fits(await versionOf(path, stop))) return { path, version, from: "cache" };
  tried.push(`there is none in ${cache}`);

  mkdirSync(dirname(path), { recursive: true });
  for (const build of [buildWithGo, buildWithPythonsGo]) {
    try {
      await build({ target: path, version, module, cache, environment, progress, stop });
      return { path, version, from: "build" };
    } catch (error) {
      if (error.name === "Interrupted") throw error;
      tried.push(error.message);
    }
  }
  throw new Error(
    `expected k6 ${version}, which makes the load, but there is none and none could be built:\n${tried
      .map((line) => `  - ${line.replaceAll("\n", "\n    ")}`)
      .join("\n")}\n${ways(version)}`,
  );
}

const ways = (version) => `Any one of these helps:
  - install k6 ${version} so that \`k6\` is on PATH (k6 manual, "Install k6"),
  - set K6_PATH to a k6 ${version} that you have,
  - install Go 1.25 or newer, or Python 3 with pip: then k6 is built here, once, in about 90 s.`;

/** Where this user's programs keep what can be made again. */
export function cacheFolder({ XDG_CACHE_HOME, HOME }, platform) {
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, "gameday");
  return platform === "darwin" ? join(HOME, "Library", "Caches", "gameday") : join(HOME, ".cache", "gameday");
}
