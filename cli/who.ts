import { userInfo } from "node:os";
import { UserError } from "./exit-codes.ts";

/** The name under which something is put on record when nobody gave one. */
export function whoAmI(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    const name = process.env.USER ?? process.env.LOGNAME;
    if (name) return name;
    throw new UserError("Expected a user's name to put on record; the system knows none: give one with --by NAME.");
  }
}
