import type * as z from "zod";

/** What a change of one kind is and how it is put back, for people. */
export interface Wording<Spec> {
  change(spec: Spec): string;
  undo(spec: Spec): string;
}

interface Described<Spec> extends Wording<Spec> {
  /** As it is planned, with every field. */
  readonly example: Spec;
}

/** One kind of fault that a drill can ask for. */
export const faultKind = <Schema extends z.ZodType>(schema: Schema, described: Described<z.infer<Schema>>) => ({
  schema,
  ...described,
});

/** How most settings are put back: AWS knows no revision of them. */
export const READ_RIGHT_BEFORE = "if still ours; read right before, since AWS has no compare-and-set for it";
