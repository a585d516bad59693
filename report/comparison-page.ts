import type { ComparedRow, Comparison } from "./comparison.ts";
import { blockHtml } from "./html-blocks.ts";
import { html, type Markup } from "./markup.ts";
import { page } from "./page.ts";
import { instantText } from "./wording.ts";

/** `comparison.html`: game days side by side, in one file that asks for nothing else. */
export function comparisonPage({ title, ids, columns, answers, rows }: Comparison): string {
  const faults = [...new Set(rows.map(({ fault }) => fault))];
  const ofFault = (fault: string) => rows.filter((row) => row.fault === fault);
  const body = html`<header><p class="overline">Game days side by side</p><h1>${title}</h1></header>
${answers.map(answer)}
${faults.map((fault) => section(fault, columns, ofFault(fault)))}`;
  return page(title, body, `${ids.join(" · ")} · gameday`).toString();
}

const answer = ({ column, verdict, sentence, startedAt, profile }: Comparison["answers"][number]): Markup =>
  html`<section><h2>${column} <span class="badge ${verdict}">${verdict}</span></h2><p>${sentence}</p><p class="overline">${instantText(startedAt)} · ${profile}</p></section>`;

const section = (fault: string, columns: readonly string[], rows: readonly ComparedRow[]): Markup =>
  html`<section><h2>${fault}</h2>${blockHtml({
    is: "table",
    columns: [{ head: "", label: "What" }, ...columns.map((head) => ({ head }))],
    rows: rows.map(({ what, values }) => [what, ...values]),
  })}</section>`;
