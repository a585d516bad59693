import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** The project's own Node, which is the version that Lambda runs; there once the packages are installed. */
export const projectNode = `${projectRoot}/node_modules/.bin/node`;
