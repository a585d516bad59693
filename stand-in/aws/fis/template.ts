import type { CreateExperimentTemplateCommandInput, Experiment } from "@aws-sdk/client-fis";
import { ServiceError } from "../operation.ts";
import { INJECTIONS } from "./extension.ts";

/** What an experiment or its template says: which actions on which functions, for how long, and which alarms stop it. */

export const stopAlarmsOf = ({ stopConditions }: Experiment): string[] =>
  (stopConditions ?? []).flatMap(({ source, value }) => (source === "aws:cloudwatch:alarm" && value ? [value] : []));

/** Each action with each function that it is on. */
export function* actionsOf({ actions, targets }: Experiment) {
  for (const action of Object.values(actions ?? {})) {
    for (const functionArn of targets?.[action.targets?.Functions ?? ""]?.resourceArns ?? [])
      yield { functionArn, action };
  }
}

/** ISO 8601 as far as FIS takes it: hours, minutes and seconds. */
function durationOf(text: string | undefined): number | undefined {
  const found = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text ?? "");
  return found ? 1000 * (Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0)) : undefined;
}

export const durationMs = ({ actions }: Experiment): number =>
  Math.max(...Object.values(actions ?? {}).map(({ parameters }) => durationOf(parameters?.duration) ?? 0));

const LEAST_MS = 60_000;
const MOST_MS = 12 * 3_600_000;

/** What FIS refuses at once (FIS user guide, "AWS Lambda actions" and "Quotas"). */
export function validate({ actions, targets, stopConditions }: CreateExperimentTemplateCommandInput): void {
  const refuse = (message: string) => new ServiceError("ValidationException", message);
  if (!stopConditions || stopConditions.length === 0 || stopConditions.length > 5)
    throw refuse("1 to 5 stop conditions.");
  for (const { actionId, parameters = {}, targets: on = {} } of Object.values(actions ?? {})) {
    const parse = INJECTIONS[actionId ?? ""];
    if (!parse) throw refuse(`The action ${actionId} is not played.`);
    const ms = durationOf(parameters.duration);
    if (ms === undefined || ms < LEAST_MS || ms > MOST_MS)
      throw refuse(`duration ${parameters.duration}: from PT1M to PT12H.`);
    const { error } = parse.safeParse(parameters);
    if (error) throw refuse(error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
    const target = targets?.[on.Functions ?? ""];
    if (target?.resourceType !== "aws:lambda:function")
      throw refuse("The action needs a target Functions of Lambda functions.");
    if (!target?.resourceArns?.every((each) => each.startsWith("arn:")))
      throw refuse("Targets are named by their ARNs.");
  }
}
