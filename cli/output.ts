import { styleText } from "node:util";

/** To stdout: what a command was asked for. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`);
/** To stderr: everything else. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** In colour where the stream is a terminal, and not with NO_COLOR. */
export const paint = (
  style: Parameters<typeof styleText>[0],
  text: string,
  stream: NodeJS.WriteStream = process.stderr,
): string => styleText(style, text, { stream });
