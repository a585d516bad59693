import * as z from "zod";

/** How a drill names a function of its target. */
export const FunctionName = z
  .string()
  .meta({ description: "The function's name in the target's description, not its AWS name." });
