import * as z from "zod";
import { faultKind, type Wording } from "./fault-kind.ts";
import { resourceName } from "./resources.ts";

/** Moves an alias of a function to another version: what calls the alias gets that one from then on. */
export const LambdaVersionFault = z.strictObject({
  kind: z.literal("lambda-version"),
  alias: resourceName("alias"),
  version: z
    .string({ error: 'expected a version of the function: "$LATEST", or a number in quotes, such as "7"' })
    .regex(/^(\$LATEST|[1-9]\d*)$/, {
      error: 'expected a version of the function: "$LATEST", or a number in quotes, such as "7"',
    })
    .meta({ description: "The version that the alias points to while the fault lasts: $LATEST or a number." }),
});
export type LambdaVersionFault = z.infer<typeof LambdaVersionFault>;

/** Of an alias that a fault moves, or a deployment. */
export const versionWording: Wording<Pick<LambdaVersionFault, "alias" | "version">> = {
  change: ({ alias, version }) => `alias ${alias}: moved to version ${version}`,
  undo: () => "back to the version that stood before, if still ours; compare-and-set by RevisionId",
};

export const VERSION_FAULTS = {
  "lambda-version": faultKind(LambdaVersionFault, {
    ...versionWording,
    example: { kind: "lambda-version", alias: "live", version: "$LATEST" },
  }),
};
