import { readdirSync } from "node:fs";
import { fromRoot } from "./code.ts";

/** The files of the steps, without `.ts`: each is one function of the game-day stack. */
export const stepFiles = (): string[] =>
  readdirSync(fromRoot("functions/steps"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();

/** `inject-fault` → `InjectFault`: the state, the function's construct id and the substitution `${InjectFaultArn}`. */
export const stateOf = (file: string): string =>
  file.replace(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
