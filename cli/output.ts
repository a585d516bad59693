import { styleText } from "node:util";

/** The widest line of a table: what a terminal shows without wrapping. */
const WIDTH = 80;

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

/** A table that fits 80 columns: its last column wraps. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const lead = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = Math.max(16, WIDTH - lead);
  const line = (row: readonly string[]) => {
    const cells = row.slice(0, -1).map((cell, column) => cell.padEnd(widths[column]! + 2));
    return wrap(row.at(-1) ?? "", last)
      .map((text, index) => (index === 0 ? cells.join("") : " ".repeat(lead)) + text)
      .join("\n");
  };
  return [
    line(head),
    line(widths.map((width, column) => "─".repeat(column === widths.length - 1 ? Math.min(width, last) : width))),
    ...rows.map(line),
  ].join("\n");
}

/** Words in lines of at most so many characters; a longer word has a line of its own. */
export function wrap(text: string, width: number = WIDTH): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const current = lines.at(-1);
    if (current !== undefined && current.length + word.length + 1 <= width)
      lines[lines.length - 1] = `${current} ${word}`;
    else lines.push(word);
  }
  return lines;
}
