import { UserError } from "./exit-codes.ts";

/** The number that was given for an option. */
export function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UserError(`Expected a whole number after ${option}; found "${text}".`);
  return Number(text);
}
