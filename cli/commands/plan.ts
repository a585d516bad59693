import { table, wrap } from "../../report/terminal.ts";
import { checkBudget } from "../../workflows/budget.ts";
import { estimateCost } from "../../workflows/cost.ts";
import { deploymentWords } from "../../workflows/deployment.ts";
import { readDrill } from "../../workflows/drill-file.ts";
import { formatDuration } from "../../workflows/duration.ts";
import { wordingOf } from "../../workflows/faults.ts";
import { guardText } from "../../workflows/guard.ts";
import { noticesOf } from "../../workflows/notices.ts";
import { expectedSeconds, planGameDay } from "../../workflows/plan.ts";
import type { Plan } from "../../workflows/state.ts";
import { checkDrill, type FoundDrill, findDrill, problemsError } from "../drills.ts";
import { print } from "../output.ts";

/** `gameday plan [drill]`: the timeline, what will be changed and how it is put back, and what it would cost. */
export function planCommand(nameOrPath: string, options: { rehearsal?: boolean; json?: boolean }): void {
  const found = findDrill(nameOrPath);
  const { drill, target } = checkDrill(found);
  const plan = planGameDay(drill, target, {
    id: "plan",
    executionArn: "not started",
    startedAt: new Date(),
    profile: options.rehearsal ? "rehearsal" : "full",
  });
  refuseOverBudget(plan, found);
  const cost = estimateCost(plan);
  if (options.json) {
    print(
      JSON.stringify(
        {
          timeline: timelineOf(plan),
          changes: changesOf(plan),
          guard: plan.guard ?? {},
          notices: noticesOf(plan),
          cost,
        },
        undefined,
        2,
      ),
    );
    return;
  }
  const where = options.rehearsal ? "rehearsed on this machine" : "on AWS";
  print(
    [
      ...wrap(`${plan.title} (${plan.drill} on ${plan.target.name}, ${where})`),
      ...wrap(plan.hypothesis),
      "",
      table(
        ["from", "lasts", "what happens"],
        timelineOf(plan).map(({ from, seconds, what }) => [formatDuration(from), formatDuration(seconds), what]),
      ),
      "",
      "What is changed, and how it is put back:",
      ...changesOf(plan).flatMap(({ what, undo }) => [...bullet(what, "  - "), ...bullet(`put back: ${undo}`, "    ")]),
      "",
      ...noticesOf(plan).flatMap((notice) => [...wrap(`! ${notice}`), ""]),
      ...(plan.guard
        ? [
            "The guard ends it early, in whatever phase, as soon as",
            ...guardText(plan.guard).flatMap((limit) => bullet(limit, "  - ")),
          ]
        : ["It has no guard: nothing ends it early but a failure."]),
      "",
      ...(options.rehearsal
        ? ["It costs nothing: everything happens on this machine."]
        : [
            `Cost on AWS, about $${cost.estimatedUsd.toFixed(2)} (list prices of ${cost.pricesOf}; an upper bound):`,
            table(
              ["usd", "for"],
              cost.items.map(({ usd, what }) => [usd.toFixed(4), what]),
            ),
          ]),
    ].join("\n"),
  );
}

function refuseOverBudget(plan: Plan, { file, text }: FoundDrill): void {
  const problems = checkBudget(plan);
  const read = readDrill(text);
  if (problems.length > 0 && read.ok) throw problemsError(file, read.locate(problems));
}

interface Entry {
  /** Seconds from the release of the load. */
  from: number;
  seconds: number;
  what: string;
}

function timelineOf(plan: Plan): Entry[] {
  const { load, faults, recovery } = plan;
  const entries: Entry[] = [];
  let from = 0;
  const add = (seconds: number, what: string) => {
    entries.push({ from, seconds, what });
    from += seconds;
  };
  add(plan.warmUpSeconds, `warm-up: ${load.method} ${new URL(load.url).pathname} at ${load.rate} requests/s`);
  add(plan.baselineSeconds, "baseline: what normal looks like; it has to be steady");
  for (const fault of faults) {
    const expected = fault.expect.map(({ detector, outcome, withinSeconds }) =>
      withinSeconds === undefined
        ? `${detector} ${outcome}`
        : `${detector} ${outcome} within ${formatDuration(withinSeconds)}`,
    );
    add(fault.durationSeconds, `fault ${fault.name}; expected: ${expected.join(", ")}`);
    add(recovery.withinSeconds, `recovery, at most: within ${Math.round(recovery.margin * 100)} % of the baseline`);
  }
  entries.push({
    from,
    seconds: 0,
    what: `everything verified and reported; ${formatDuration(expectedSeconds(plan))} of load in all`,
  });
  return entries;
}

function stackOf({ deploy, target }: Plan): { what: string; undo: string }[] {
  if (deploy.kind !== "stack") return [];
  return [
    {
      what: `deployment: CloudFormation brings up stack ${target.stack ?? `of ${target.name}`} from its synthesised template`,
      undo: "CloudFormation deletes the stack, whatever state it is in, once all else is put back",
    },
  ];
}

function changesOf(plan: Plan): { what: string; undo: string }[] {
  const deployed = deploymentWords(plan.deploy);
  const deployment = deployed ? [{ what: `deployment: ${deployed.change}`, undo: deployed.undo }] : [];
  const load = {
    what: `${plan.load.shards} load task(s) in gameday's own cluster`,
    undo: `stopped at the end, found by their mark; left alone they end by themselves after ${formatDuration(plan.load.durationSeconds)}`,
  };
  const faults = plan.faults.map((fault) => {
    const { change, undo } = wordingOf(fault.spec);
    return { what: `${fault.name}: ${change}`, undo };
  });
  return [...stackOf(plan), ...deployment, load, ...faults];
}

function bullet(text: string, lead: string): string[] {
  return wrap(text, 80 - lead.length).map((line, index) => (index === 0 ? lead : " ".repeat(lead.length)) + line);
}
