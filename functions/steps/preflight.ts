import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetFunctionConfigurationCommand, ListTagsCommand } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { wordingOf } from "../../workflows/faults.ts";
import { isFisFault } from "../../workflows/fis.ts";
import { Plan } from "../../workflows/state.ts";
import { lacksOfExtension } from "../faults/extension.ts";
import { NotReady } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** The tag by which a resource allows game days; its value is the target's name. */
const TAG = "gameday:target";

/** Looks at everything that must be right before the first change; throws one list of what is not. */
export const preflight = step("Preflight", z.object({ plan: Plan }), async ({ plan }, runtime) => {
  const problems = [...(await functionProblems(plan, runtime)), ...(await alarmProblems(plan, runtime))];
  if (problems.length > 0) {
    throw new NotReady(`target "${plan.target.name}" to be ready`, problems.join("; "), "Nothing was touched.");
  }
  return { functions: touchedFunctions(plan), alarms: plan.target.alarms.length };
});

function touchedFunctions(plan: Plan): string[] {
  const named = plan.faults.flatMap((fault) => wordingOf(fault.spec).functions);
  if (plan.deploy.kind === "configuration") named.push(plan.deploy.function);
  return [...new Set(named)];
}

async function functionProblems(plan: Plan, { clients, configuration }: Runtime): Promise<string[]> {
  const problems: string[] = [];
  for (const name of touchedFunctions(plan)) {
    const functionName = plan.target.functions[name];
    const found = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    const { FunctionArn, State, LastUpdateStatus } = found;
    const { Tags } = await clients.lambda.send(new ListTagsCommand({ Resource: FunctionArn }));
    if (Tags?.[TAG] !== plan.target.name) {
      const has = Tags?.[TAG] === undefined ? "is not tagged" : `has ${TAG}=${Tags[TAG]}`;
      problems.push(`function ${functionName} ${has}, but only one tagged ${TAG}=${plan.target.name} may be touched`);
    }
    if (State !== undefined && State !== "Active") problems.push(`function ${functionName} is ${State}, not Active`);
    if (LastUpdateStatus !== "Successful") {
      problems.push(`the last update of ${functionName} is ${LastUpdateStatus}, not Successful`);
    }
    if (inExperiments(plan).has(name)) problems.push(...lacksOfExtension(found, configuration.experimentLocation));
  }
  return problems;
}

/** Names of the functions into which FIS injects a fault. */
const inExperiments = ({ faults }: Plan): ReadonlySet<string> =>
  new Set(faults.flatMap(({ spec }) => (isFisFault(spec) ? [spec.function] : [])));

async function alarmProblems(plan: Plan, { clients }: Runtime): Promise<string[]> {
  const names = plan.target.alarms;
  if (names.length === 0) return [];
  const { MetricAlarms } = await clients.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: names }));
  return names.flatMap((name) => {
    const alarm = MetricAlarms?.find((candidate) => candidate.AlarmName === name);
    if (!alarm) return [`alarm ${name} does not exist`];
    const guarded = plan.guard?.alarms?.includes(name) ?? false;
    // With the alarm in its guard the game day would end as soon as it has begun.
    if (alarm.StateValue !== "ALARM" || (plan.startsInAlarm && !guarded)) return [];
    const stops = inExperiments(plan).size > 0 && guarded;
    const because = stops ? ", and FIS starts no experiment with it as a stop condition: wait until it is OK" : "";
    return [`alarm ${name} is already in ALARM: ${alarm.StateReason ?? ""}${because}`];
  });
}
