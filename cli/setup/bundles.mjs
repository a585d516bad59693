import { existsSync } from "node:fs";
import { digest } from "./digest.mjs";
import { projectNode, projectRoot } from "./project.mjs";
import { run } from "./run.mjs";

/** What Lambda and Fargate run, in `dist`. */
export const bundles = {
  name: "bundles",
  stamp: `${projectRoot}/.gameday/setup/bundles`,
  digest: () =>
    digest(projectRoot, [
      "analysis",
      "examples",
      "functions",
      "loadgen",
      "report",
      "workflows",
      "infra/bundle.ts",
      "package-lock.json",
    ]),
  ready: () => existsSync(`${projectRoot}/dist/bundles.json`),
  // Under a second: too quick for progress.
  run: ({ stop }) => run(projectNode, ["infra/bundle.ts"], { cwd: projectRoot, stop }),
};
