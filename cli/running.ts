import { table } from "../report/terminal.ts";
import { UserError } from "./exit-codes.ts";

interface Running {
  readonly id: string;
  readonly startedAt: string;
}

/** The one that runs, when nobody said which; asks for one when there are several. */
export function oneOf<R extends Running>(running: readonly R[], what: string): R {
  const [only, ...others] = running;
  if (!only) throw new UserError(`Expected a ${what} that is running; found none.`);
  if (others.length === 0) return only;
  const rows = running.map(({ id, startedAt }) => [id, startedAt.slice(0, 19).replace("T", " ")]);
  throw new UserError(
    `Expected one ${what} that is running; found ${running.length}. Say which: gameday abort ID\n\n${table(["id", "started (UTC)"], rows)}`,
  );
}
