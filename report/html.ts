import { cellText } from "./cells.ts";
import type { Document, Section } from "./document.ts";
import { blockHtml } from "./html-blocks.ts";
import { html, type Markup, trusted } from "./markup.ts";
import { page } from "./page.ts";

/** `report.html`: the answer, the picture and what they rest on, in one file that asks for nothing else. */
export function report(document: Document, picture: string): string {
  const body = html`${answer(document)}
${notRestored(document)}
<figure tabindex="0" aria-label="What happened, over time">${trusted(picture)}</figure>
${document.sections.map(sectionHtml)}`;
  return page(`${document.title}: ${document.verdict}`, body, `Game day ${document.id} · gameday`).toString();
}

function answer({ overline, title, verdict, answer: said, hypothesis, facts }: Document): Markup {
  return html`<header>
<p class="overline">${overline}</p>
<h1>${title} <span class="badge ${verdict}">${verdict}</span></h1>
<p class="answer">${said}</p>
<p class="hypothesis"><b>Hypothesis</b> ${hypothesis}</p>
<dl class="facts">${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value.map(cellText)}</dd></div>`)}</dl>
</header>`;
}

function notRestored({ notRestored: look }: Document): Markup | undefined {
  if (!look) return undefined;
  const { conflicts, byHand } = look;
  return html`<section class="alarm" role="alert"><h2>Not everything was put back</h2>
${conflicts.length > 0 && blockHtml({ is: "conflicts", conflicts })}
${byHand.length > 0 && html`<p>Put it back by hand:</p>${byHand.map((command) => html`<pre><code>${command}</code></pre>`)}`}
</section>`;
}

const sectionHtml = ({ title, blocks }: Section): Markup =>
  html`<section><h2>${title}</h2>${blocks.map(blockHtml)}</section>\n`;
