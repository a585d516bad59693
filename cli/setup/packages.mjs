import { existsSync, readFileSync } from "node:fs";
import { digest } from "./digest.mjs";
import { projectNode, projectRoot } from "./project.mjs";
import { run } from "./run.mjs";

/** `npm ci`, when what is installed is not what package-lock.json says. */
export const packages = {
  name: "packages",
  // In node_modules, so that it goes when that goes.
  stamp: `${projectRoot}/node_modules/.gameday-setup`,
  digest: () => digest(projectRoot, ["package.json", "package-lock.json"], [process.platform, process.arch]),
  ready: () => existsSync(projectNode),
  async run({ progress, stop }) {
    if (existsSync(projectNode) && matchesLock(projectRoot)) return;
    await progress("installing the packages (about 30 s)", () =>
      run("npm", ["ci", "--loglevel=error"], { cwd: projectRoot, stop }),
    );
  },
};

/** Whether npm's own record of what it installed has the versions of the lock file, as after an `npm ci` by hand. */
export function matchesLock(root) {
  const record = `${root}/node_modules/.package-lock.json`;
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(`${root}/package-lock.json`, "utf8")).packages;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === "" || installed[path]?.version === version || (optional && !installed[path]),
  );
}
