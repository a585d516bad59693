import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { isFisFault } from "../../workflows/fis.ts";
import { TAGS } from "../../workflows/names.ts";
import { RESOURCES, resourcesIn } from "../../workflows/resources.ts";
import { Plan } from "../../workflows/state.ts";
import { lacksOfExtension } from "../changes/fis/extension.ts";
import { kindOf } from "../changes/index.ts";
import { tagsOf } from "../changes/resource-tags.ts";
import { findStack, gameDayOf } from "../changes/stack.ts";
import { snapshotOf } from "../changes/verbs.ts";
import { type Change, deploymentChange, faultChange } from "../journal/entry.ts";
import { statesOfAlarms } from "../runtime/alarms.ts";
import { NotReady } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** Looks at everything that must be right before the first change; throws one list of what is not. */
export const preflight = step("Preflight", z.object({ plan: Plan }), async ({ plan }, runtime) => {
  const problems = plan.pending ? await stackProblems(plan, runtime) : await targetProblems(plan, runtime);
  if (problems.length > 0) {
    const next = plan.stack && !plan.pending ? "Its stack is taken down again." : "Nothing was touched.";
    throw new NotReady(`target "${plan.target.name}" to be ready`, problems.join("; "), next);
  }
  return { functions: touchedFunctions(plan), alarms: plan.target.alarms.length };
});

async function targetProblems(plan: Plan, runtime: Runtime): Promise<string[]> {
  return [
    ...(await functionProblems(plan, runtime)),
    ...(await resourceProblems(plan, runtime)),
    ...(await alarmProblems(plan, runtime)),
  ];
}

/** A stack that is to be brought up: whatever has its name already is somebody's. */
async function stackProblems({ stack }: Plan, runtime: Runtime): Promise<string[]> {
  const found = stack && (await findStack(stack.stackName, runtime));
  if (!found) return [];
  const gameDay = gameDayOf(found);
  const whose = gameDay === undefined ? "and is no game day's" : `and was brought up by game day ${gameDay}`;
  return [`stack ${stack.stackName} is ${found.StackStatus} already ${whose}`];
}

/** What the game day would change, but for its load. */
const changesOf = (plan: Plan): Change[] => [deploymentChange(plan), ...plan.faults.map(faultChange)];

const resourcesOf = (change: Change) => resourcesIn(kindOf(change).spec);

function touchedFunctions(plan: Plan): string[] {
  const touched = changesOf(plan).flatMap(resourcesOf);
  return [...new Set(touched.flatMap(({ field, name }) => (field === "function" ? [name] : [])))];
}

async function functionProblems(plan: Plan, { clients, configuration }: Runtime): Promise<string[]> {
  const problems: string[] = [];
  for (const name of touchedFunctions(plan)) {
    const functionName = plan.target.functions[name];
    const found = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    const { State, LastUpdateStatus } = found;
    const tags = await tagsOf({ field: "function", name }, plan.target, clients);
    problems.push(...tagProblems(`function ${functionName}`, tags, plan));
    if (State !== undefined && State !== "Active") problems.push(`function ${functionName} is ${State}, not Active`);
    if (LastUpdateStatus !== "Successful") {
      problems.push(`the last update of ${functionName} is ${LastUpdateStatus}, not Successful`);
    }
    if (inExperiments(plan).has(name)) problems.push(...lacksOfExtension(found, configuration.experimentLocation));
  }
  return problems;
}

function tagProblems(what: string, tags: Readonly<Record<string, string>>, { target }: Plan): string[] {
  const found = tags[TAGS.target];
  if (found === target.name) return [];
  const has = found === undefined ? "is not tagged" : `has ${TAGS.target}=${found}`;
  return [`${what} ${has}, but only one tagged ${TAGS.target}=${target.name} may be touched`];
}

/**
 * What faults and the deployment change beside functions. A snapshot only reads: what it will refuse is said before anything
 * is touched.
 */
async function resourceProblems(plan: Plan, runtime: Runtime): Promise<string[]> {
  const problems = await Promise.all(changesOf(plan).map((change) => problemsOf(change, plan, runtime)));
  return [...new Set(problems.flat())];
}

async function problemsOf(change: Change, plan: Plan, runtime: Runtime): Promise<string[]> {
  const resource = resourcesOf(change).find(({ field }) => field !== "function");
  if (!resource) return [];
  const what = `${RESOURCES[resource.field].called} ${resource.name}`;
  const problems: string[] = [];
  try {
    problems.push(...tagProblems(what, await tagsOf(resource, plan.target, runtime.clients), plan));
    await snapshotOf(change, plan, runtime);
  } catch (error) {
    if (error instanceof NotReady) problems.push(error.message);
    else if (error instanceof Error && NOT_THERE.test(error.name)) problems.push(`${what} does not exist`);
    else throw error;
  }
  return problems;
}

/** How the services say so, each in its own way. */
const NOT_THERE = /NotFound|DoesNotExist|NonExistentQueue/;

/** Names of the functions into which FIS injects a fault. */
const inExperiments = ({ faults }: Plan): ReadonlySet<string> =>
  new Set(faults.flatMap(({ spec }) => (isFisFault(spec) ? [spec.function] : [])));

async function alarmProblems(plan: Plan, runtime: Runtime): Promise<string[]> {
  const names = plan.target.alarms;
  if (names.length === 0) return [];
  const states = await statesOfAlarms(names, runtime);
  return states.flatMap(({ name, state, reason = "" }) => {
    if (state === undefined) return [`alarm ${name} does not exist`];
    const guarded = plan.guard?.alarms?.includes(name) ?? false;
    // With the alarm in its guard the game day would end as soon as it has begun.
    if (state !== "ALARM" || (plan.startsInAlarm && !guarded)) return [];
    const stops = inExperiments(plan).size > 0 && guarded;
    const because = stops ? ", and FIS starts no experiment with it as a stop condition: wait until it is OK" : "";
    return [`alarm ${name} is already in ALARM: ${reason}${because}`];
  });
}
