import { fileURLToPath } from "node:url";
import { wrap } from "../../report/terminal.ts";
import { type ListedStart, startsOf } from "../../stand-in/gameday/starts.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import { readAssembly } from "../../stand-in/templates/cfn/assembly.ts";
import { wallClock } from "../../workflows/local-time.ts";
import { paint, print } from "../output.ts";

const TEMPLATES = fileURLToPath(new URL("../../cdk.out", import.meta.url));
/** How many of its next times are told. */
const TIMES = 3;

/** `gameday starts`: what starts game days by itself, and when it does next. */
export function startsCommand({ json }: { json?: boolean }): void {
  const starts = startsOf(readGraph(readAssembly(TEMPLATES), "starts"), new Date(), TIMES);
  if (json) print(JSON.stringify(starts, undefined, 2));
  else if (starts.length === 0) print("No schedule and no rule starts game days. How to add one: docs/starting.md.");
  else print(starts.map(textOf).join("\n\n"));
}

function textOf(start: ListedStart): string {
  const { name, drill, enabled, timeZone, blackouts, schedule, event } = start;
  const lines: [string, readonly string[]][] = [
    ["drill", [drill ?? "as the event says"]],
    ["when", [schedule ? scheduleText(schedule, timeZone) : eventText(event)]],
    ["next", schedule ? nextTexts(schedule, timeZone) : []],
    ["not on", blackouts.length > 0 ? [`${blackouts.join(", ")} (${timeZone})`] : []],
  ];
  return [
    paint("bold", name, process.stdout) + (enabled ? "" : " (disabled: it starts nothing)"),
    ...lines.flatMap(([what, texts]) => entry(what, texts)),
  ].join("\n");
}

/** How far the text of an entry is to the right of its margin. */
const INDENT = 10;

const entry = (what: string, texts: readonly string[]): string[] =>
  texts
    .flatMap((text) => wrap(text, 80 - INDENT))
    .map((line, index) => (index === 0 ? `  ${what}` : "").padEnd(INDENT) + line);

function scheduleText({ expression, windowMinutes }: Required<ListedStart>["schedule"], timeZone: string): string {
  const window = windowMinutes > 0 ? `, at some moment of the ${windowMinutes} minutes after it` : "";
  return `${expression} in ${timeZone}${window}`;
}

function nextTexts({ next }: Required<ListedStart>["schedule"], timeZone: string): string[] {
  return next.length === 0 ? ["never again"] : next.map((at) => timeText(at, timeZone));
}

/** `Tue 2026-11-24 10:00`, by the clocks of the zone. */
function timeText(at: Date, timeZone: string): string {
  const weekday = new Intl.DateTimeFormat("en", { timeZone, weekday: "short" }).format(at);
  return `${weekday} ${wallClock(at, timeZone).slice(0, 16).replace("T", " ")}`;
}

function eventText(event: object | undefined): string {
  const { source = [], "detail-type": type = [] } = event as { source?: unknown[]; "detail-type"?: unknown[] };
  const named = [source, type].map((each) => each.map(String).join(" or ")).filter(Boolean);
  return `after an event: ${named.join(", ")}`;
}
