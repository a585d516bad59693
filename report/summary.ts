import { measureText } from "../analysis/objectives.ts";
import { errorsText, msText } from "../analysis/wording.ts";
import type { FaultResult, Phase, Result } from "../workflows/result.ts";
import { legal } from "./markup.ts";
import { verdictName } from "./sentence.ts";
import {
  detectorName,
  instantText,
  numberText,
  OUTCOMES,
  secondsText,
  stackText,
  usdText,
  wokenText,
} from "./wording.ts";

const MARKS: Record<Result["verdict"], string> = { passed: "✅", failed: "❌", invalid: "⚠️", aborted: "🛑" };

/** `summary.md`: what a pull request, a job's summary or a chat shows. */
export function summary(result: Result): string {
  const sections = [
    `# ${MARKS[result.verdict]} ${plain(result.title)}: ${verdictName(result.verdict).toLowerCase()}`,
    `**${plain(result.sentence)}**`,
    notRestored(result),
    list(result.reasons),
    section("Who noticed", noticed(result.faults)),
    list(result.faults.flatMap((fault) => wokenText(fault) ?? [])),
    section("Measured", measured(result.faults)),
    section("Faults", result.faults.map(faultLine).join("\n")),
    section("Load", load(result.phases)),
    result.deployed ? `Stack ${plain(result.deployed.stack)}: ${stackText(result.deployed)}.` : "",
    section(
      "Put back",
      list(result.restored.checks.map(({ what, ok, detail }) => `${ok ? "✓" : "✗"} ${what}: ${detail}`)),
    ),
    footer(result),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
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

function notRestored({ restored }: Result): string {
  if (restored.ok) return "";
  const conflicts = restored.conflicts.map(({ what, ours, found }) => `${what}: expected ${ours}, found ${found}`);
  const parts = ["> [!CAUTION]\n> Not everything was put back. Look now.", list(conflicts)];
  if (restored.byHand.length > 0) parts.push("Put it back by hand:", code(restored.byHand));
  return parts.filter((text) => text !== "").join("\n\n");
}

function noticed(faults: readonly FaultResult[]): string {
  const rows = faults.flatMap((fault) =>
    fault.detections.map((detection) => [
      fault.name,
      detectorName(detection.detector),
      OUTCOMES[detection.outcome],
      detection.secondsToDetect === undefined ? "–" : secondsText(detection.secondsToDetect),
      detection.expected,
      detection.asExpected ? "✓" : "✗",
      detection.detail,
    ]),
  );
  return table(["Fault", "Detector", "Outcome", "After", "Expected", "As expected", "Detail"], rows);
}

function measured(faults: readonly FaultResult[]): string {
  const rows = faults.flatMap(({ name, measures }) =>
    measures.map(({ title, unit, baseline, value, expected, met }) => [
      ...[name, title, measureText(baseline, unit), measureText(value, unit)],
      expected === undefined ? "–" : `${expected} ${met ? "✓" : "✗"}`,
    ]),
  );
  return table(["Fault", "Measure", "Baseline", "With the fault", "Objective"], rows);
}

function faultLine(fault: FaultResult): string {
  const evidence = fault.evidence.length === 0 ? "no evidence that it acted" : `evidence: ${fault.evidence.join("; ")}`;
  return `- **${plain(fault.name)}** – ${plain(fault.change)}; ${plain(evidence)}; ${plain(fault.recovery)}`;
}

function load(phases: readonly Phase[]): string {
  const rows = phases.map(({ label, requests, failed, latencyMs }) => [
    label,
    numberText(requests),
    errorsText(requests === 0 ? 0 : failed / requests),
    ...(["p50", "p95", "p99"] as const).map((percentile) => (latencyMs ? msText(latencyMs[percentile]) : "–")),
  ]);
  return table(["Phase", "Requests", "Errors", "p50", "p95", "p99"], rows);
}

function footer(result: Result): string {
  const played = result.played.length === 0 ? "" : ` · played: ${result.played.join(", ")}`;
  const cost = `about ${usdText(result.cost.estimatedUsd)}`;
  return `${plain(`${result.id} · ${result.target} · ${instantText(result.startedAt)} · ${cost}${played}`)}`;
}

const section = (title: string, body: string) => (body === "" ? "" : `## ${title}\n\n${body}`);
const list = (items: readonly string[]) => items.map((item) => `- ${plain(item)}`).join("\n");

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map((cells) => line(cells.map(plain)))].join("\n");
}
