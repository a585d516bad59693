// Makes this folder ready to work: packages, bundles and templates, and k6 beside them. Each step is skipped while the content that it
// depends on is unchanged. Plain JavaScript for the host's Node, because it runs before the packages are installed.
// It writes to stderr only: stdout belongs to the command that runs after it.
import { bundles } from "./bundles.mjs";
import { k6 } from "./k6.mjs";
import { locked } from "./lock.mjs";
import { packages } from "./packages.mjs";
import { progressOn } from "./progress.mjs";
import { projectRoot } from "./project.mjs";
import { Interrupted } from "./run.mjs";
import { runSideBySide } from "./steps.mjs";
import { templates } from "./templates.mjs";

const OLDEST_NODE = 20;

try {
  requireNode(process.versions.node);
  await locked(`${projectRoot}/.gameday/setup/lock`, () => {
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort(new Interrupted(signal)));
    // k6 is built without npm, and nothing of the project's needs k6 to be made.
    return runSideBySide([[packages, bundles, templates], [k6]], { progress: progressOn(process.stderr), stop });
  });
} catch (error) {
  process.stderr.write(`\ngameday set-up: ${error.message}\n`);
  // 2: wrong input or set-up, as in the command line.
  process.exit(error.name === "Interrupted" ? 130 : 2);
}

function requireNode(version) {
  if (Number(version.split(".")[0]) >= OLDEST_NODE) return;
  throw new Error(`expected Node ${OLDEST_NODE} or newer, found ${version}; install a newer Node and try again`);
}
