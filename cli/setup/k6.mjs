import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { digest } from "./digest.mjs";
import { findK6, pinnedVersion } from "./k6-search.mjs";
import { projectRoot } from "./project.mjs";

/** Read by `cli/k6.ts`. */
const found = `${projectRoot}/.gameday/setup/k6.json`;

/** A k6 of the pinned version: found, or built once for all projects of this user. */
export const k6 = {
  name: "k6",
  stamp: `${projectRoot}/.gameday/setup/k6`,
  digest: () =>
    digest(projectRoot, ["loadgen/k6"], [process.env.K6_PATH, process.env.XDG_CACHE_HOME, process.env.HOME]),
  ready: () => existsSync(found) && isExecutable(JSON.parse(readFileSync(found, "utf8")).path),
  async run({ progress, stop }) {
    const module = `${projectRoot}/loadgen/k6`;
    const version = pinnedVersion(readFileSync(`${module}/go.mod`, "utf8"));
    const result = await findK6({ version, module, environment: process.env, progress, stop });
    mkdirSync(`${projectRoot}/.gameday/setup`, { recursive: true });
    writeFileSync(found, `${JSON.stringify(result, null, 2)}\n`);
  },
};

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
