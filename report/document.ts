import { failureText } from "../analysis/wording.ts";
import type { FaultResult, Result } from "../workflows/result.ts";
import { type Case, casesOf } from "./cases.ts";
import { type Cell, mark, strong } from "./cells.ts";
import { verdictName } from "./sentence.ts";
import {
  detectorName,
  instantText,
  isControl,
  numberText,
  secondsText,
  stackText,
  usdText,
  wokenText,
} from "./wording.ts";

/** What there is to say of a game day, in sections and cells: every file of it shows this, each in its own way. */
export interface Document {
  readonly id: string;
  readonly drill: string;
  readonly target: string;
  readonly profile: Result["profile"];
  readonly startedAt: string;
  /** How long it took. */
  readonly seconds: number;
  readonly title: string;
  readonly verdict: Result["verdict"];
  readonly sentence: string;
  /** The sentence beside a badge that has said the verdict already. */
  readonly answer: string;
  readonly overline: string;
  readonly hypothesis: string;
  readonly facts: readonly Pair[];
  /** What to look at before anything else. */
  readonly notRestored?: { readonly conflicts: Result["restored"]["conflicts"]; readonly byHand: readonly string[] };
  /** Those that have something in them. */
  readonly sections: readonly Section[];
  /** How its stack came and went, when it had one of its own. */
  readonly stack?: string;
  /** All of it in a line. */
  readonly imprint: string;
  readonly cases: readonly Case[];
}

export interface Section {
  readonly name:
    | "reasons"
    | "warnings"
    | "noticed"
    | "measured"
    | "faults"
    | "put-back"
    | "load"
    | "cost"
    | "real"
    | "environment";
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface Pair {
  readonly name: string;
  readonly value: readonly Cell[];
  /** What it comes to where there is room for a line only. */
  readonly brief?: string;
}

export interface Column {
  readonly head: string;
  /** What a cell says of itself where it stands without its head. Default: the head. */
  readonly label?: string;
  /** The column of the judgement alone, where a cell can hold no more than text. */
  readonly judgement?: string;
}

export interface Table {
  readonly is: "table";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly numbers?: boolean;
}

export type Block =
  | Table
  | { readonly is: "list"; readonly items: readonly string[] }
  /** Sentences, each for itself. */
  | { readonly is: "notes"; readonly notes: readonly string[] }
  /** What explains a table; a summary has no room for it. */
  | { readonly is: "paragraph"; readonly cells: readonly Cell[] }
  | { readonly is: "pairs"; readonly pairs: readonly Pair[] }
  | { readonly is: "cards"; readonly cards: readonly { heading: string; kind: string; pairs: readonly Pair[] }[] }
  | { readonly is: "checks"; readonly checks: Result["restored"]["checks"] }
  | { readonly is: "conflicts"; readonly conflicts: Result["restored"]["conflicts"] }
  | { readonly is: "lists"; readonly lists: readonly { heading: string; items: readonly string[]; none: string }[] };

export function documentOf(result: Result): Document {
  const { id, drill, target, profile, startedAt, title, verdict, sentence, hypothesis, restored, deployed } = result;
  const seconds = (Date.parse(result.endedAt) - Date.parse(startedAt)) / 1000;
  return {
    id,
    drill,
    target,
    profile,
    startedAt,
    seconds,
    title,
    verdict,
    sentence,
    answer: withoutVerdict(result),
    overline: result.profile === "rehearsal" ? "Rehearsal of a game day" : "Game day",
    hypothesis,
    facts: factsOf(result, seconds),
    ...(restored.ok ? {} : { notRestored: restored }),
    sections: sectionsOf(result).filter(({ blocks }) => blocks.length > 0),
    ...(deployed ? { stack: `Stack ${deployed.stack}: ${stackText(deployed)}.` } : {}),
    imprint: imprintOf(result),
    cases: casesOf(result),
  };
}

function withoutVerdict({ sentence, verdict }: Result): string {
  const prefix = `${verdictName(verdict)}: `;
  if (!sentence.startsWith(prefix)) return sentence;
  const rest = sentence.slice(prefix.length);
  // A name keeps its lower case; the first word of a sentence does not.
  return /^(the|nobody|this|it) /.test(rest) ? rest.charAt(0).toUpperCase() + rest.slice(1) : rest;
}

function factsOf(result: Result, seconds: number): Pair[] {
  const fact = (name: string, value: Cell): Pair => ({ name, value: [value] });
  return [
    fact("Drill", result.drill),
    fact("Target", result.target),
    fact("Profile", result.profile === "rehearsal" ? "rehearsal on this machine" : "full"),
    ...(result.deployed ? [fact(`Stack ${result.deployed.stack}`, stackText(result.deployed))] : []),
    fact("Began", instantText(result.startedAt)),
    fact("Took", secondsText(seconds)),
  ];
}

function imprintOf({ id, target, startedAt, cost, played }: Result): string {
  const parts = [id, target, instantText(startedAt), `about ${usdText(cost.estimatedUsd)}`];
  return [...parts, ...(played.length === 0 ? [] : [`played: ${played.join(", ")}`])].join(" · ");
}

function sectionsOf(result: Result): Section[] {
  const { faults, restored, verdict } = result;
  const environment = Object.entries(result.environment).map(([name, value]) => ({ name, value: [value] }));
  return [
    { name: "reasons", title: `Why ${verdict}`, blocks: listed(reasonsOf(result)) },
    { name: "warnings", title: "Worth knowing", blocks: listed(result.warnings) },
    { name: "noticed", title: "Who noticed", blocks: noticed(faults) },
    { name: "measured", title: "Measured", blocks: measured(faults) },
    { name: "faults", title: "Faults", blocks: faults.length > 0 ? [{ is: "cards", cards: faults.map(cardOf) }] : [] },
    {
      name: "put-back",
      title: "Put back",
      blocks: [
        ...(restored.checks.length > 0 ? [{ is: "checks", checks: restored.checks } as const] : []),
        ...(restored.ok && restored.conflicts.length > 0
          ? [{ is: "conflicts", conflicts: restored.conflicts } as const]
          : []),
      ],
    },
    { name: "load", title: "Load", blocks: load(result) },
    { name: "cost", title: "Cost", blocks: cost(result) },
    {
      name: "real",
      title: "Real and played",
      blocks: [
        {
          is: "lists",
          lists: [
            { heading: "Real", items: result.real, none: "" },
            { heading: "Played", items: result.played, none: "nothing: this ran on AWS" },
          ],
        },
      ],
    },
    {
      name: "environment",
      title: "Environment",
      blocks: environment.length > 0 ? [{ is: "pairs", pairs: environment }] : [],
    },
  ];
}

const reasonsOf = ({ reasons, failure }: Result) => (reasons.length > 0 || !failure ? reasons : [failureText(failure)]);

const listed = (items: readonly string[]): Block[] => (items.length > 0 ? [{ is: "list", items }] : []);

function table(
  heads: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  looks: Pick<Table, "numbers"> = {},
): Block[] {
  const columns = heads.map((head) => (typeof head === "string" ? { head } : head));
  return rows.length === 0 ? [] : [{ is: "table", columns, rows, ...looks }];
}

function noticed(faults: readonly FaultResult[]): Block[] {
  const rows = faults.flatMap((fault) =>
    fault.detections.map((detection): Cell[] => [
      strong(fault.name),
      detectorName(detection.detector),
      { is: "outcome", outcome: detection.outcome },
      { is: "seconds", seconds: detection.secondsToDetect },
      { is: "judged", text: detection.expected, ok: detection.asExpected, yes: "as expected", no: "not as expected" },
      detection.detail,
    ]),
  );
  const expected = { head: "Expected", judgement: "As expected" };
  const woken = faults.flatMap((fault) => wokenText(fault) ?? []);
  return [
    ...table(["Fault", "Detector", "Outcome", "After", expected, "What it saw"], rows),
    ...(woken.length > 0 ? [{ is: "notes", notes: woken } as const] : []),
  ];
}

function measured(faults: readonly FaultResult[]): Block[] {
  const rows = faults.flatMap(({ name, measures }) =>
    measures.map(({ title, unit, baseline, value, expected, met }): Cell[] => [
      strong(name),
      title,
      { is: "measure", value: baseline, unit },
      { is: "measure", value, unit },
      expected === undefined ? "–" : { is: "judged", text: expected, ok: met ?? false, yes: "met", no: "not met" },
    ]),
  );
  return table(["Fault", "Measure", "Baseline", "With the fault", "Objective"], rows);
}

function cardOf(fault: FaultResult): { heading: string; kind: string; pairs: Pair[] } {
  const { evidence, recovery } = fault;
  const acted = evidence.length > 0;
  return {
    heading: fault.name,
    kind: fault.kind,
    pairs: [
      { name: "Change", value: [fault.change], brief: fault.change },
      { name: "In effect", value: [{ is: "instant", at: fault.injectedAt, otherwise: "never" }] },
      {
        name: "Evidence",
        value: [acted ? { is: "list", items: evidence } : "none: nothing shows that it acted"],
        brief: acted ? `evidence: ${evidence.join("; ")}` : "no evidence that it acted",
      },
      { name: "Undone", value: [{ is: "instant", at: fault.undoneAt, otherwise: "–" }] },
      { name: "Recovery", value: [...recoveryMark(fault), recovery], brief: recovery },
    ],
  };
}

function recoveryMark(fault: FaultResult): Cell[] {
  if (isControl(fault) || !fault.injectedAt) return [];
  const after = fault.secondsToRecover === undefined ? "" : ` after ${secondsText(fault.secondsToRecover)}`;
  return [mark(fault.recovered, `recovered${after}`, "not recovered")];
}

function load({ load: total, phases }: Result): Block[] {
  const rows = phases.map(({ label, requests, failed, latencyMs }): Cell[] => [
    label,
    { is: "number", value: requests },
    { is: "share", share: requests === 0 ? 0 : failed / requests },
    ...(["p50", "p95", "p99"] as const).map((name): Cell => ({ is: "milliseconds", ms: latencyMs?.[name] })),
  ]);
  const kinds = Object.entries(total.failedByKind).map(([kind, count]) => `${numberText(count)} × ${kind}`);
  const failed = kinds.length === 0 ? "none failed" : `${numberText(total.failed)} failed (${kinds.join(", ")})`;
  const shards = total.shards === 1 ? "one shard" : `${total.shards} shards, ${Math.round(total.skewMs)} ms apart`;
  const dropped = total.dropped === 0 ? "none" : numberText(total.dropped);
  const sum = `${numberText(total.requests)} requests at ${total.rate} a second from ${shards}; ${failed}; ${dropped} dropped.`;
  return [
    ...table(["Phase", "Requests", "Failed", "p50", "p95", "p99"], rows, { numbers: true }),
    { is: "paragraph", cells: [sum] },
  ];
}

function cost({ cost: estimate, transitions }: Result): Block[] {
  const counted = transitions === undefined ? "" : `; ${numberText(transitions)} state transitions`;
  return [
    {
      is: "paragraph",
      cells: ["About ", strong(usdText(estimate.estimatedUsd)), ` on AWS at prices of ${estimate.pricesOf}${counted}.`],
    },
    ...table(
      ["What", "USD"],
      estimate.items.map(({ what, usd }) => [what, { is: "usd", usd }]),
      { numbers: true },
    ),
  ];
}
