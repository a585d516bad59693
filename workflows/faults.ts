import * as z from "zod";

/** A Lambda environment variable's name (Lambda API reference, `Environment.Variables`). */
const VariableName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]+$/, {
  error: "expected the name of an environment variable: letters, digits and _, starting with a letter",
});

/** Changes environment variables of one of the target's functions; every other variable is left alone. */
export const LambdaEnvFault = z.strictObject({
  kind: z.literal("lambda-env"),
  function: z.string().meta({ description: "The function's name in the target's description, not its AWS name." }),
  set: z
    .record(VariableName, z.string({ error: 'expected text: write numbers in quotes, such as "250"' }))
    .refine((set) => Object.keys(set).length > 0, { error: "expected at least one variable to set" })
    .meta({ description: "Variables and the values they have while the fault lasts." }),
});
export type LambdaEnvFault = z.infer<typeof LambdaEnvFault>;

/** No fault at all: a window of the same length in which nobody should notice anything. */
export const NoFault = z.strictObject({ kind: z.literal("none") });
export type NoFault = z.infer<typeof NoFault>;

/** Every kind of fault a drill can ask for. To add one: its schema here, its text below, its verbs in `functions/faults`. */
export const FaultSpec = z.discriminatedUnion("kind", [LambdaEnvFault, NoFault], {
  error: 'expected a kind of fault: "lambda-env" or "none"',
});
export type FaultSpec = z.infer<typeof FaultSpec>;
export type FaultKindName = FaultSpec["kind"];

interface Wording<Spec> {
  /** What will be changed, for people. */
  change(spec: Spec): string;
  /** How it is put back. */
  undo(spec: Spec): string;
  /** Names of the target's functions that it changes. */
  functions(spec: Spec): string[];
}

const WORDING: { [K in FaultKindName]: Wording<Extract<FaultSpec, { kind: K }>> } = {
  "lambda-env": {
    change: ({ function: name, set }) =>
      `environment of function ${name}: ${Object.entries(set)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ")}`,
    undo: ({ set }) =>
      `${Object.keys(set).join(", ")} back to what stood before (or absent), if still ours; compare-and-set by RevisionId`,
    functions: ({ function: name }) => [name],
  },
  none: {
    change: () => "nothing (control)",
    undo: () => "nothing to put back",
    functions: () => [],
  },
};

/** The wording for a fault, whichever kind it is. */
export function wordingOf(spec: FaultSpec): { change: string; undo: string; functions: string[] } {
  const wording = WORDING[spec.kind] as Wording<FaultSpec>;
  return { change: wording.change(spec), undo: wording.undo(spec), functions: wording.functions(spec) };
}
