import { measureText } from "../analysis/objectives.ts";
import { failureText } from "../analysis/wording.ts";
import type { Detection, FaultResult, MeasureResult, Result } from "../workflows/result.ts";
import { type Markup, xml } from "./markup.ts";
import { detectorName, firstReason, isControl } from "./wording.ts";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly seconds?: number | undefined;
  /** The system or its detectors did not do what was expected. */
  readonly failure?: string;
  /** Nothing can be said. */
  readonly error?: string;
  readonly skipped?: string;
}

/** `junit.xml`: one test case for each expectation, and one each for what every game day has to show. */
export function junit(result: Result): string {
  const cases = casesOf(result);
  const count = (kind: "failure" | "error" | "skipped") => cases.filter((one) => one[kind] !== undefined).length;
  const seconds = (Date.parse(result.endedAt) - Date.parse(result.startedAt)) / 1000;
  const text = xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="gameday">
  <testsuite name="${`gameday.${result.drill}`}" id="${result.id}" timestamp="${result.startedAt}" time="${seconds}" tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}">
    <properties>
      <property name="verdict" value="${result.verdict}"/>
      <property name="target" value="${result.target}"/>
      <property name="profile" value="${result.profile}"/>
    </properties>${cases.map((one) => testCase(result, one))}
    <system-out>${result.sentence}</system-out>
  </testsuite>
</testsuites>
`;
  return text.toString();
}

function casesOf(result: Result): Case[] {
  return [
    { suite: "game day", name: "ran to its end", ...unfinished(result) },
    { suite: "game day", name: "baseline steady", ...unsteady(result) },
    ...result.faults.flatMap((fault) => [
      ...fault.detections.map((detection) => expectation(fault, detection)),
      ...fault.measures.flatMap((measure) => objective(fault, measure) ?? []),
      recovery(fault),
    ]),
    { suite: "game day", name: "everything put back", ...notRestored(result) },
  ];
}

function unfinished(result: Result): Partial<Case> {
  if (result.verdict !== "invalid" && result.verdict !== "aborted") return {};
  return {
    error: `${result.verdict}: ${result.reasons.length > 0 ? result.reasons.join("\n") : (firstReason(result) ?? "no reason is known")}`,
  };
}

function unsteady({ failure, faults, phases }: Result): Partial<Case> {
  if (failure?.Error === "NotSteady") return { error: failureText(failure) };
  const judged = faults.some(({ injectedAt }) => injectedAt) || phases.some(({ name }) => name === "fault");
  return judged ? {} : { skipped: "the game day ended before the baseline was judged" };
}

function expectation(fault: FaultResult, detection: Detection): Case {
  const named = {
    suite: fault.name,
    name: `${detectorName(detection.detector)}: ${detection.expected}`,
    seconds: detection.secondsToDetect,
  };
  if (!fault.injectedAt) return { ...named, skipped: "the fault was never in effect" };
  if (detection.asExpected) return named;
  const kind = detection.outcome === "could-not-tell" ? "error" : "failure";
  return { ...named, [kind]: `expected ${detection.expected}, found ${detection.outcome}: ${detection.detail}` };
}

function objective(fault: FaultResult, { title, unit, value, expected, met }: MeasureResult): Case | undefined {
  if (expected === undefined) return undefined;
  const named = { suite: fault.name, name: `${title}: ${expected}` };
  if (met) return named;
  if (value === undefined) return { ...named, error: `expected ${expected}, found nothing to measure` };
  return { ...named, failure: `expected ${expected}, found ${measureText(value, unit)}` };
}

function recovery(fault: FaultResult): Case {
  const named = { suite: fault.name, name: "recovered", seconds: fault.secondsToRecover };
  if (!fault.injectedAt || isControl(fault)) return { ...named, skipped: "nothing to recover from" };
  return fault.recovered ? named : { ...named, failure: fault.recovery };
}

function notRestored({ restored }: Result): Partial<Case> {
  if (restored.ok) return {};
  const wrong = restored.checks.filter(({ ok }) => !ok).map(({ what, detail }) => `${what}: ${detail}`);
  const conflicts = restored.conflicts.map(({ what, ours, found }) => `${what}: expected ${ours}, found ${found}`);
  const byHand = restored.byHand.map((command) => `put back by hand: ${command}`);
  return { failure: [...wrong, ...conflicts, ...byHand].join("\n") || "not everything was put back" };
}

function testCase({ drill }: Result, one: Case): Markup {
  const opening = xml`
    <testcase classname="${`gameday.${drill}.${one.suite.replaceAll(" ", "-")}`}" name="${one.name}" time="${one.seconds ?? 0}"`;
  const said = one.failure ?? one.error;
  if (said !== undefined) {
    const [message] = said.split("\n");
    const body =
      one.error === undefined
        ? xml`<failure message="${message}">${said}</failure>`
        : xml`<error message="${message}">${said}</error>`;
    return xml`${opening}>${body}</testcase>`;
  }
  return one.skipped === undefined ? xml`${opening}/>` : xml`${opening}><skipped message="${one.skipped}"/></testcase>`;
}
