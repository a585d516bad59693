import type { AlarmState } from "./alarms.ts";

/** Whether a composite alarm's rule holds, given the states of the alarms that it names. */
export type AlarmRule = (stateOf: (nameOrArn: string) => AlarmState | undefined) => boolean;

const TOKEN = /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*"?([^")]+?)"?\s*\)|([()]))/y;

interface Token {
  readonly word: string;
  /** Of a function such as ALARM("…"). */
  readonly alarm?: string;
}

/**
 * The rule of a composite alarm (CloudWatch API reference, "PutCompositeAlarm"): ALARM, OK and INSUFFICIENT_DATA of an
 * alarm's name or ARN, with AND, OR, NOT and parentheses. Throws on anything else.
 */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = tokensOf(text);
  const rule = parseOr(tokens);
  if (tokens.length > 0) throw new Error(`expected the end of the rule, found ${tokens[0]!.word}`);
  return rule;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  for (let at = 0; at < text.trimEnd().length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) throw new Error(`expected a rule such as ALARM("name") OR ALARM("other"), found ${text.slice(at)}`);
    const [, word, state, alarm, bracket] = match;
    tokens.push(state === undefined ? { word: (word ?? bracket)! } : { word: state, alarm: alarm! });
  }
  return tokens;
}

function parseOr(tokens: Token[]): AlarmRule {
  let left = parseAnd(tokens);
  while (taken(tokens, "OR")) {
    const [first, second] = [left, parseAnd(tokens)];
    left = (stateOf) => first(stateOf) || second(stateOf);
  }
  return left;
}

function parseAnd(tokens: Token[]): AlarmRule {
  let left = parseNot(tokens);
  while (taken(tokens, "AND")) {
    const [first, second] = [left, parseNot(tokens)];
    left = (stateOf) => first(stateOf) && second(stateOf);
  }
  return left;
}

function parseNot(tokens: Token[]): AlarmRule {
  if (!taken(tokens, "NOT")) return parseOne(tokens);
  const inner = parseNot(tokens);
  return (stateOf) => !inner(stateOf);
}

function parseOne(tokens: Token[]): AlarmRule {
  const token = tokens.shift();
  if (token?.word === "(") {
    const inner = parseOr(tokens);
    if (!taken(tokens, ")")) throw new Error(`expected ) , found ${tokens[0]?.word ?? "the end of the rule"}`);
    return inner;
  }
  if (token?.word === "TRUE" || token?.word === "FALSE") return () => token.word === "TRUE";
  if (token?.alarm === undefined) throw new Error(`expected an alarm, found ${token?.word ?? "the end of the rule"}`);
  const { alarm, word } = token;
  return (stateOf) => stateOf(alarm) === word;
}

function taken(tokens: Token[], word: string): boolean {
  if (tokens[0]?.word !== word) return false;
  tokens.shift();
  return true;
}
