import { measureText } from "../analysis/objectives.ts";
import { errorsText, failureText, msText } from "../analysis/wording.ts";
import type { FaultResult, Result } from "../workflows/result.ts";
import { type Child, html, type Markup, trusted } from "./markup.ts";
import { page } from "./page.ts";
import { verdictName } from "./sentence.ts";
import {
  detectorName,
  instantText,
  isControl,
  numberText,
  OUTCOMES,
  secondsText,
  stackText,
  usdText,
  wokenText,
} from "./wording.ts";

/** `report.html`: the answer, the picture and what they rest on, in one file that asks for nothing else. */
export function report(result: Result, picture: string): string {
  const body = html`${answer(result)}
${notRestored(result)}
<figure tabindex="0" aria-label="What happened, over time">${trusted(picture)}</figure>
${reasons(result)}
${warnings(result)}
${section("Who noticed", [whoNoticed(result.faults), ...result.faults.map(woken)])}
${section("Measured", measured(result.faults))}
${section("Faults", result.faults.map(faultCard))}
${section("Put back", putBack(result))}
${section("Load", load(result))}
${section("Cost", cost(result))}
${section("Real and played", realAndPlayed(result))}
${section("Environment", pairs(Object.entries(result.environment)))}`;
  return page(`${result.title}: ${result.verdict}`, body, `Game day ${result.id} · gameday`).toString();
}

function answer(result: Result): Markup {
  const seconds = (Date.parse(result.endedAt) - Date.parse(result.startedAt)) / 1000;
  const facts = [
    ["Drill", result.drill],
    ["Target", result.target],
    ["Profile", result.profile === "rehearsal" ? "rehearsal on this machine" : "full"],
    ...(result.deployed ? [[`Stack ${result.deployed.stack}`, stackText(result.deployed)] as const] : []),
    ["Began", instantText(result.startedAt)],
    ["Took", secondsText(seconds)],
  ] as const;
  return html`<header>
<p class="overline">${result.profile === "rehearsal" ? "Rehearsal of a game day" : "Game day"}</p>
<h1>${result.title} <span class="badge ${result.verdict}">${result.verdict}</span></h1>
<p class="answer">${withoutVerdict(result)}</p>
<p class="hypothesis"><b>Hypothesis</b> ${result.hypothesis}</p>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

/** The badge has said it already. */
function withoutVerdict({ sentence, verdict }: Result): string {
  const prefix = `${verdictName(verdict)}: `;
  if (!sentence.startsWith(prefix)) return sentence;
  const rest = sentence.slice(prefix.length);
  // A name keeps its lower case; the first word of a sentence does not.
  return /^(the|nobody|this|it) /.test(rest) ? rest.charAt(0).toUpperCase() + rest.slice(1) : rest;
}

function notRestored({ restored }: Result): Markup | undefined {
  if (restored.ok) return undefined;
  return html`<section class="alarm" role="alert"><h2>Not everything was put back</h2>
${restored.conflicts.length > 0 && conflicts(restored.conflicts)}
${restored.byHand.length > 0 && html`<p>Put it back by hand:</p>${restored.byHand.map((command) => html`<pre><code>${command}</code></pre>`)}`}
</section>`;
}

function reasons({ reasons: list, failure, verdict }: Result): Markup | undefined {
  const all = list.length > 0 || !failure ? list : [failureText(failure)];
  if (all.length === 0) return undefined;
  return html`<section><h2>Why ${verdict}</h2><ul>${all.map((reason) => html`<li>${reason}</li>`)}</ul></section>`;
}

function warnings({ warnings: list }: Result): Markup | undefined {
  if (list.length === 0) return undefined;
  return html`<section><h2>Worth knowing</h2><ul>${list.map((warning) => html`<li>${warning}</li>`)}</ul></section>`;
}

function whoNoticed(faults: readonly FaultResult[]): Markup | undefined {
  const rows = faults.flatMap((fault) =>
    fault.detections.map((detection) => [
      html`<b>${fault.name}</b>`,
      detectorName(detection.detector),
      html`<span class="outcome ${detection.outcome}">${OUTCOMES[detection.outcome]}</span>`,
      detection.secondsToDetect === undefined ? "–" : secondsText(detection.secondsToDetect),
      html`${detection.expected} ${mark(detection.asExpected, "as expected", "not as expected")}`,
      detection.detail,
    ]),
  );
  return table(["Fault", "Detector", "Outcome", "After", "Expected", "What it saw"], rows);
}

function woken(fault: FaultResult): Markup | undefined {
  const text = wokenText(fault);
  return text === undefined ? undefined : html`<p>${text}</p>`;
}

function measured(faults: readonly FaultResult[]): Markup | undefined {
  const rows = faults.flatMap(({ name, measures }) =>
    measures.map(({ title, unit, baseline, value, expected, met }) => [
      html`<b>${name}</b>`,
      title,
      measureText(baseline, unit),
      measureText(value, unit),
      expected === undefined ? "–" : html`${expected} ${mark(met ?? false, "met", "not met")}`,
    ]),
  );
  return table(["Fault", "Measure", "Baseline", "With the fault", "Objective"], rows);
}

function faultCard(fault: FaultResult): Markup {
  const evidence = fault.evidence.length > 0 && html`<ul>${fault.evidence.map((line) => html`<li>${line}</li>`)}</ul>`;
  const rows: [string, Child][] = [
    ["Change", fault.change],
    ["In effect", fault.injectedAt ? instantText(fault.injectedAt) : "never"],
    ["Evidence", evidence || "none: nothing shows that it acted"],
    ["Undone", fault.undoneAt ? instantText(fault.undoneAt) : "–"],
    ["Recovery", html`${recoveryMark(fault)}${fault.recovery}`],
  ];
  return html`<article><h3>${fault.name} <small>${fault.kind}</small></h3>${pairs(rows)}</article>`;
}

function recoveryMark(fault: FaultResult): Child {
  if (isControl(fault) || !fault.injectedAt) return undefined;
  const after = fault.secondsToRecover === undefined ? "" : ` after ${secondsText(fault.secondsToRecover)}`;
  return html`${mark(fault.recovered, `recovered${after}`, "not recovered")} `;
}

function putBack({ restored }: Result): Child[] {
  const rows = restored.checks.map(({ what, ok, detail }) => [what, mark(ok, "as before", "not as before"), detail]);
  return [
    table(["What", "State", "Detail"], rows),
    restored.ok && restored.conflicts.length > 0 && conflicts(restored.conflicts),
  ];
}

function conflicts(list: Result["restored"]["conflicts"]): Markup {
  const rows = list.map(({ what, ours, found }) => [what, html`<code>${ours}</code>`, html`<code>${found}</code>`]);
  return html`<p>Somebody else changed this meanwhile, so it was left alone:</p>${table(["What", "Ours", "Found"], rows)}`;
}

function load({ load: total, phases }: Result): Child[] {
  const rows = phases.map(({ label, requests, failed, latencyMs }) => [
    label,
    numberText(requests),
    errorsText(requests === 0 ? 0 : failed / requests),
    ...(["p50", "p95", "p99"] as const).map((name) => (latencyMs ? msText(latencyMs[name]) : "–")),
  ]);
  const kinds = Object.entries(total.failedByKind).map(([kind, count]) => `${numberText(count)} × ${kind}`);
  const failed = kinds.length === 0 ? "none failed" : `${numberText(total.failed)} failed (${kinds.join(", ")})`;
  const shards = total.shards === 1 ? "one shard" : `${total.shards} shards, ${Math.round(total.skewMs)} ms apart`;
  return [
    table(["Phase", "Requests", "Failed", "p50", "p95", "p99"], rows, "numbers"),
    html`<p>${numberText(total.requests)} requests at ${total.rate} a second from ${shards}; ${failed}; ${total.dropped === 0 ? "none" : numberText(total.dropped)} dropped.</p>`,
  ];
}

function cost({ cost: estimate, transitions }: Result): Child[] {
  const rows = estimate.items.map(({ what, usd }) => [what, usdText(usd)]);
  const total = html`<p>About <b>${usdText(estimate.estimatedUsd)}</b> on AWS at prices of ${estimate.pricesOf}${transitions !== undefined && html`; ${numberText(transitions)} state transitions`}.</p>`;
  return [total, table(["What", "USD"], rows, "numbers")];
}

function realAndPlayed({ real, played }: Result): Markup {
  const items = (list: readonly string[]) => html`<ul>${list.map((item) => html`<li>${item}</li>`)}</ul>`;
  return html`<div class="columns"><div><h3>Real</h3>${items(real)}</div><div><h3>Played</h3>${played.length > 0 ? items(played) : html`<p>nothing: this ran on AWS</p>`}</div></div>`;
}

const mark = (ok: boolean, yes: string, no: string) =>
  html`<span class="mark ${ok ? "yes" : "no"}">${ok ? `✓ ${yes}` : `✗ ${no}`}</span>`;

function section(title: string, body: Child): Markup | undefined {
  const inside = html`${body}`;
  return inside.text === "" ? undefined : html`<section><h2>${title}</h2>${inside}</section>`;
}

function pairs(rows: readonly (readonly [string, Child])[]): Markup | undefined {
  if (rows.length === 0) return undefined;
  return html`<dl class="pairs">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function table(heads: readonly string[], rows: readonly (readonly Child[])[], kind = ""): Markup | undefined {
  if (rows.length === 0) return undefined;
  const cell = (child: Child, index: number) => html`<td data-head="${heads[index]!}">${child}</td>`;
  return html`<div class="scroll"><table class="${kind}"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map((cells) => html`<tr>${cells.map(cell)}</tr>`)}</tbody></table></div>`;
}
