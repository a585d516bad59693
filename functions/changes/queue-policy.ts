import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

/** A statement of somebody else's is kept as it is, whatever it says. */
const Statement = z.looseObject({ Sid: z.string().optional() });
export type Statement = z.infer<typeof Statement>;
const Policy = z.looseObject({ Statement: z.union([Statement, z.array(Statement)]).default([]) });

/** A policy as SQS keeps it: a text, empty where there is none. */
export type PolicyText = string;
export const NO_POLICY: PolicyText = "";

const EMPTY = { Version: "2012-10-17", Statement: [] };

/** With its statements in a list, and all else where it was. Throws what JSON or the schema say of what is no policy. */
function parse(text: PolicyText): { readonly Statement: Statement[] } {
  const policy: object = text === NO_POLICY ? EMPTY : JSON.parse(text);
  return { ...policy, Statement: [Policy.parse(policy).Statement].flat() };
}

export const statementsOf = (text: PolicyText): Statement[] => parse(text).Statement;

/** Whether both say the same, however it is written: SQS does not promise to give a text back as it got it. */
export const saysTheSame = (one: PolicyText, other: PolicyText): boolean =>
  one === other || (one !== NO_POLICY && other !== NO_POLICY && isDeepStrictEqual(parse(one), parse(other)));

/** The policy with one statement more, after all others. */
export const withStatement = (text: PolicyText, statement: Statement): PolicyText =>
  JSON.stringify({ ...parse(text), Statement: [...statementsOf(text), statement] });

/**
 * The policy without a statement. To the letter as it was before where it says the same, and no policy at all where no
 * statement is left.
 */
export function withoutStatement(text: PolicyText, sid: string, before: PolicyText): PolicyText {
  const left = { ...parse(text), Statement: statementsOf(text).filter(({ Sid }) => Sid !== sid) };
  if (isDeepStrictEqual(left, parse(before))) return before;
  return left.Statement.length === 0 ? NO_POLICY : JSON.stringify(left);
}

/** SQS developer guide, "Amazon SQS policy quotas". */
const MOST_BYTES = 8192;
const MOST_STATEMENTS = 20;

/** Why SQS would not take the policy; undefined when it would. */
export function tooLarge(text: PolicyText): string | undefined {
  const bytes = Buffer.byteLength(text);
  const statements = statementsOf(text).length;
  if (bytes > MOST_BYTES) return `${bytes} bytes with the fault's statement, and SQS takes ${MOST_BYTES}`;
  if (statements > MOST_STATEMENTS) {
    return `${statements} statements with the fault's, and SQS takes ${MOST_STATEMENTS}`;
  }
  return undefined;
}
