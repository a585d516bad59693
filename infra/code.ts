import { fileURLToPath } from "node:url";

/** A path from the project's root. Bundles are made before the synth: see infra/bundle.ts. */
export const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
