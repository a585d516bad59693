import { type Cell, cellText, tick } from "./cells.ts";
import type { Block, Document, Section, Table } from "./document.ts";
import { legal } from "./markup.ts";
import { conflictText } from "./wording.ts";

const MARKS: Record<Document["verdict"], string> = { passed: "✅", failed: "❌", invalid: "⚠️", aborted: "🛑" };

/** `summary.md`: what a pull request, a job's summary or a chat shows. */
export function summary(document: Document): string {
  const { title, verdict, sentence, stack, imprint } = document;
  const parts = [
    `# ${MARKS[verdict]} ${plain(title)}: ${verdict}`,
    `**${plain(sentence)}**`,
    notRestored(document),
    ...blocksOf(document, "reasons"),
    ...(["noticed", "measured", "faults", "load"] as const).flatMap((name) => section(document, name)),
    stack === undefined ? "" : plain(stack),
    ...section(document, "put-back"),
    plain(imprint),
  ];
  return `${parts.filter((text) => text !== "").join("\n\n")}\n`;
}

/**
 * Text as it is: nothing in it may become markup, a link or a mention. What is not a letter or a digit is written so
 * that Markdown takes it for itself (CommonMark, section 2.4), and HTML never begins.
 */
export function plain(text: string): string {
  return legal(text)
    .replace(/\s+/g, " ")
    .trim()
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]#+!|~$]/g, "\\$&")
    .replace(/@/g, "@\u200b")
    .replace(/(https?|www)(?=[:.])/gi, "$1\u200b")
    .replace(/^(\d+)\.(?=\s|$)/, "$1\\.")
    .replace(/^-/, "\\-");
}

/** A block of commands, fenced by more backticks than it holds. */
function code(lines: readonly string[]): string {
  const text = legal(lines.join("\n"));
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

function notRestored({ notRestored: look }: Document): string {
  if (!look) return "";
  const parts = ["> [!CAUTION]\n> Not everything was put back. Look now.", list(look.conflicts.map(conflictText))];
  if (look.byHand.length > 0) parts.push("Put it back by hand:", code(look.byHand));
  return parts.filter((text) => text !== "").join("\n\n");
}

function section(document: Document, name: Section["name"]): string[] {
  const blocks = blocksOf(document, name);
  const title = document.sections.find((one) => one.name === name)?.title;
  return blocks.length === 0 ? [] : [`## ${title}`, ...blocks];
}

const blocksOf = ({ sections }: Document, name: Section["name"]): string[] =>
  (sections.find((one) => one.name === name)?.blocks ?? []).map(blockText).filter((text) => text !== "");

/** A summary is short: what explains, and what is left as somebody else changed it, is on the page. */
function blockText(block: Block): string {
  switch (block.is) {
    case "table":
      return table(block);
    case "list":
      return list(block.items);
    case "notes":
      return list(block.notes);
    case "checks":
      return list(block.checks.map(({ what, ok, detail }) => `${tick({ ok })} ${what}: ${detail}`));
    case "cards":
      return block.cards
        .map(({ heading, pairs }) => {
          const briefs = pairs.flatMap(({ brief }) => brief ?? []);
          return `- **${plain(heading)}** – ${briefs.map(plain).join("; ")}`;
        })
        .join("\n");
    default:
      return "";
  }
}

const list = (items: readonly string[]) => items.map((item) => `- ${plain(item)}`).join("\n");

/** A cell holds no more than text, so that a judgement has a column of its own where it would be lost in words. */
function table({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const heads = columns.flatMap(({ head, judgement }) => [head, ...(judgement === undefined ? [] : [judgement])]);
  const cells = (cell: Cell, index: number) =>
    columns[index]!.judgement !== undefined && typeof cell !== "string" && cell.is === "judged"
      ? [cell.text, tick(cell)]
      : [cellText(cell)];
  const lines = rows.map((row) => line(row.flatMap(cells).map(plain)));
  return [line(heads), line(heads.map(() => "---")), ...lines].join("\n");
}
