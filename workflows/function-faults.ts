import * as z from "zod";
import { faultKind, type Wording } from "./fault-kind.ts";
import { FunctionNames, namesOf } from "./function-name.ts";

/** A Lambda environment variable's name (Lambda API reference, `Environment.Variables`). */
const VariableName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]+$/, {
  error: "expected the name of an environment variable: letters, digits and _, starting with a letter",
});

/** Changes environment variables of functions of the target; every other variable is left alone. */
export const LambdaEnvFault = z.strictObject({
  kind: z.literal("lambda-env"),
  function: FunctionNames,
  set: z
    .record(VariableName, z.string({ error: 'expected text: write numbers in quotes, such as "250"' }))
    .refine((set) => Object.keys(set).length > 0, { error: "expected at least one variable to set" })
    .meta({ description: "Variables and the values they have while the fault lasts." }),
});
export type LambdaEnvFault = z.infer<typeof LambdaEnvFault>;

/** Reserves no concurrency at all for functions: Lambda refuses every invocation, as if they were gone. */
export const LambdaOutageFault = z.strictObject({ kind: z.literal("lambda-outage"), function: FunctionNames });
export type LambdaOutageFault = z.infer<typeof LambdaOutageFault>;

/** Lets functions run only so many times at once, each: Lambda refuses what goes beyond. */
export const LambdaThrottleFault = z.strictObject({
  kind: z.literal("lambda-throttle"),
  function: FunctionNames,
  concurrency: z
    .int({ error: "expected a whole number from 1 to 1000" })
    .min(1, { error: "expected a whole number from 1 to 1000: none at all is the kind lambda-outage" })
    .max(1000, { error: "expected a whole number from 1 to 1000" })
    .meta({ description: "How many invocations may run at the same time." }),
});
export type LambdaThrottleFault = z.infer<typeof LambdaThrottleFault>;

function functionsText(spec: { readonly function: string | string[] }): string {
  const names = namesOf(spec);
  return `function${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
}

const CONCURRENCY_BACK =
  "reserved concurrency back to what stood before (a number, or none), if still ours; read right before, since Lambda has no compare-and-set for it";

type Variables = Pick<LambdaEnvFault, "function" | "set">;

/** Of variables that a fault sets, or a deployment. */
export const variablesWording: Wording<Variables> = {
  change: ({ set, ...spec }) =>
    `environment of ${functionsText(spec)}: ${Object.entries(set)
      .map(([key, value]) => `${key}=${value}`)
      .join(", ")}`,
  undo: ({ set }) =>
    `${Object.keys(set).join(", ")} back to what stood before (or absent), if still ours; compare-and-set by RevisionId`,
};

export const FUNCTION_FAULTS = {
  "lambda-env": faultKind(LambdaEnvFault, {
    ...variablesWording,
    example: { kind: "lambda-env", function: "checkout", set: { SLOW_MS: "250", MODE: "" } },
  }),
  "lambda-outage": faultKind(LambdaOutageFault, {
    change: (spec) => `reserved concurrency of ${functionsText(spec)}: 0, so that every invocation is refused`,
    undo: () => CONCURRENCY_BACK,
    example: { kind: "lambda-outage", function: "checkout" },
  }),
  "lambda-throttle": faultKind(LambdaThrottleFault, {
    change: ({ concurrency, ...spec }) =>
      `reserved concurrency of ${functionsText(spec)}: ${concurrency}, so that what goes beyond is refused`,
    undo: () => CONCURRENCY_BACK,
    example: { kind: "lambda-throttle", function: "checkout", concurrency: 3 },
  }),
};
