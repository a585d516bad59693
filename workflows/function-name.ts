import * as z from "zod";
import { resourceName } from "./resources.ts";

/** How a drill names a function of its target. */
export const FunctionName = resourceName("function");

/** One function or several of the target. */
export const FunctionNames = z
  .union([FunctionName, z.array(FunctionName).min(1)], {
    error: "expected the name of a function of the target, or a list of such names",
  })
  .refine((names) => new Set([names].flat()).size === [names].flat().length, {
    error: "expected each function once",
  });

/** What is said of one function or several, said of one. */
export type OfOne<Spec extends { function: string | string[] }> = Omit<Spec, "function"> & { function: string };

export const namesOf = ({ function: names }: { readonly function: string | string[] }): string[] => [names].flat();
