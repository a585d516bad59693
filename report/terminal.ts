import type { Result } from "../workflows/result.ts";
import type { Comparison } from "./comparison.ts";

/** The widest line of a table: what a terminal shows without wrapping. */
const WIDTH = 80;

/** How a game day ended, for whoever waits for it. */
export function conclusion({ sentence, restored }: Pick<Result, "sentence" | "restored">): {
  sentence: string;
  byHand?: string;
} {
  const commands = restored.byHand.map((command) => `  ${command}`);
  return {
    sentence: wrap(sentence).join("\n"),
    ...(commands.length > 0 ? { byHand: ["", "NOT RESTORED. To put it back by hand:", ...commands].join("\n") } : {}),
  };
}

/** Game days side by side; the faults are named where there are several. */
export function comparisonTable({ columns, answers, rows }: Comparison): string {
  const several = new Set(rows.map(({ fault }) => fault)).size > 1;
  const verdicts = ["verdict", ...answers.map(({ verdict }) => verdict)];
  const lines = rows.map(({ fault, what, values }) => [several ? `${fault}: ${what}` : what, ...values]);
  return table(["", ...columns], [verdicts, ...lines]);
}

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
