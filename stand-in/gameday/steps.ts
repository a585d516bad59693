import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Step } from "../../functions/runtime/step.ts";

const folder = new URL("../../functions/steps/", import.meta.url);

export type Steps = ReadonlyMap<string, Step<unknown, unknown>>;

/** Every step by its state's name: the code that AWS gets as bundles, here with other clients. */
export async function loadSteps(): Promise<Steps> {
  const steps = new Map<string, Step<unknown, unknown>>();
  for (const file of readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith(".ts"))) {
    const module = (await import(new URL(file, folder).href)) as Record<string, unknown>;
    for (const exported of Object.values(module)) if (isStep(exported)) steps.set(exported.name, exported);
  }
  return steps;
}

const isStep = (value: unknown): value is Step<unknown, unknown> =>
  typeof value === "object" && value !== null && "call" in value && "name" in value;
