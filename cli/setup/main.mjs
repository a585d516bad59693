// Makes this folder ready to work: packages, k6, bundles, templates. Each step is skipped while the content that it
// depends on is unchanged. Plain JavaScript for the host's Node, because it runs before the packages are installed.
// It writes to stderr only: stdout belongs to the command that runs after it.
import { bundles } from "./bundles.mjs";
import { k6 } from "./k6.mjs";
import { locked } from "./lock.mjs";
import { packages } from "./packages.mjs";
import { projectRoot } from "./project.mjs";
import { runStep } from "./steps.mjs";
import { templates } from "./templates.mjs";

const OLDEST_NODE = 20;

try {
  requireNode(process.versions.node);
  await locked(`${projectRoot}/.gameday/setup/lock`, async () => {
    for (const step of [packages, k6, bundles, templates]) await runStep(step);
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
