import { randomUUID } from "node:crypto";
import type {
  CreateExperimentTemplateCommandInput,
  CreateExperimentTemplateCommandOutput,
  DeleteExperimentTemplateCommandInput,
  DeleteExperimentTemplateCommandOutput,
  Experiment,
  ExperimentStatus,
  ExperimentTemplate,
  GetExperimentCommandInput,
  GetExperimentCommandOutput,
  GetExperimentTemplateCommandInput,
  GetExperimentTemplateCommandOutput,
  ListExperimentsCommandInput,
  ListExperimentsCommandOutput,
  ListExperimentTemplatesCommandInput,
  ListExperimentTemplatesCommandOutput,
  StartExperimentCommandInput,
  StartExperimentCommandOutput,
  StopExperimentCommandInput,
  StopExperimentCommandOutput,
} from "@aws-sdk/client-fis";
import { ACCOUNT, arn } from "../cfn/attributes.ts";
import { INJECTIONS, Instruction, instructionKey, parseLocation } from "../hosts/fis-extension.ts";
import type { Identities } from "../iam/identities.ts";
import type { AlarmState } from "./alarms.ts";
import type { FunctionRecord } from "./lambda.ts";
import { type Needs, operation, type Service, ServiceError } from "./operation.ts";
import type { Buckets } from "./s3.ts";

/** A template as it was made, with the token by which the same call is known again. */
export interface TemplateRecord {
  readonly token: string | undefined;
  readonly template: ExperimentTemplate & { id: string };
}

export interface ExperimentRecord {
  readonly token: string | undefined;
  readonly experiment: Experiment & { id: string };
}

export interface Fis {
  readonly service: Service;
  readonly templates: ReadonlyMap<string, TemplateRecord>;
  readonly experiments: ReadonlyMap<string, ExperimentRecord>;
  /** Experiments that are not over and templates that are left, by what they are for. */
  left(): string[];
  /** Stop conditions are looked at when an alarm changes. */
  onAlarm(alarmArn: string, state: AlarmState): void;
  stop(): void;
}

interface Options {
  readonly identities: Identities;
  readonly functions: ReadonlyMap<string, FunctionRecord>;
  readonly buckets: Buckets;
  alarmState(alarmArn: string): AlarmState | undefined;
  /** How long FIS takes from one state to the next, milliseconds. */
  readonly paceMs: number;
  /** Where everything is kept, and what is kept there from before. Default: nothing outlives the process. */
  readonly kept?: KeptExperiments;
}

/** Everything that FIS knows. */
export interface FisState {
  readonly templates: readonly TemplateRecord[];
  /** Templates that are gone: their tokens are not forgotten. */
  readonly deleted: readonly TemplateRecord[];
  readonly experiments: readonly ExperimentRecord[];
}

export interface KeptExperiments {
  read(): FisState | undefined;
  write(state: FisState): void;
}

const ACTIVE: readonly (string | undefined)[] = ["pending", "initiating", "running", "stopping"];
const MOST_ACTIVE = 5;

/**
 * FIS as far as experiments on Lambda functions go. It takes on the experiment's role, reads the function's configuration and
 * writes an instruction for the extension into the bucket that the function names (FIS user guide, "Use the AWS FIS
 * aws:lambda:function actions"). Whether the function has the extension it does not look: without it nothing happens.
 */
export function createFis(options: Options): Fis {
  const { identities, functions, buckets, alarmState, paceMs, kept } = options;
  const before = kept?.read();
  const byTemplate = (records: readonly TemplateRecord[] = []) =>
    new Map(records.map((record) => [record.template.id, record]));
  const templates = byTemplate(before?.templates);
  const deleted = byTemplate(before?.deleted);
  const experiments = new Map((before?.experiments ?? []).map((record) => [record.experiment.id, record]));
  const save = () =>
    kept?.write({
      templates: [...templates.values()],
      deleted: [...deleted.values()],
      experiments: [...experiments.values()],
    });
  const timers = new Set<NodeJS.Timeout>();

  const later = (ms: number, what: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      what();
    }, ms);
    timers.add(timer.unref());
  };
  const findTemplate = (id = "") => {
    const found = templates.get(id);
    if (!found) throw new ServiceError("ResourceNotFoundException", `Experiment template ${id} not found.`, 404);
    return found;
  };
  const findExperiment = (id = "") => {
    const found = experiments.get(id);
    if (!found) throw new ServiceError("ResourceNotFoundException", `Experiment ${id} not found.`, 404);
    return found;
  };

  function become({ experiment }: ExperimentRecord, status: ExperimentStatus, reason?: string): void {
    const state = { status, ...(reason === undefined ? {} : { reason }) };
    experiment.state = state;
    const now = new Date();
    const over = !ACTIVE.includes(status);
    if (over) experiment.endTime = now;
    for (const action of Object.values(experiment.actions ?? {})) {
      action.state = state;
      if (status === "running") action.startTime = now;
      if (over && action.startTime) action.endTime = now;
    }
    save();
  }

  const status = (record: ExperimentRecord) => record.experiment.state?.status;

  function initiate(record: ExperimentRecord): void {
    if (status(record) !== "pending") return;
    become(record, "initiating");
    later(paceMs, () => run(record));
  }

  function run(record: ExperimentRecord): void {
    if (status(record) !== "initiating") return;
    const raised = stopAlarmsOf(record.experiment).find((alarm) => alarmState(alarm) === "ALARM");
    if (raised) {
      halt(record, `Stop condition ${raised} is in ALARM.`);
      return;
    }
    const until = Date.now() + durationMs(record.experiment);
    try {
      instruct(record, until);
    } catch (error) {
      become(record, "failed", (error as Error).message);
      return;
    }
    record.experiment.startTime = new Date();
    become(record, "running");
    complete(record);
  }

  function complete(record: ExperimentRecord): void {
    const until = (record.experiment.startTime?.getTime() ?? 0) + durationMs(record.experiment);
    later(until - Date.now(), () => {
      if (status(record) === "running") finish(record, "completed");
    });
  }

  function halt(record: ExperimentRecord, reason: string): void {
    if (!ACTIVE.includes(status(record)) || status(record) === "stopping") return;
    become(record, "stopping", reason);
    end(record, reason);
  }

  function end(record: ExperimentRecord, reason: string | undefined): void {
    later(paceMs, () => finish(record, "stopped", reason));
  }

  /** What the last process left under way goes on where it was. */
  for (const record of experiments.values()) {
    if (status(record) === "pending") later(paceMs, () => initiate(record));
    else if (status(record) === "initiating") later(paceMs, () => run(record));
    else if (status(record) === "running") complete(record);
    else if (status(record) === "stopping") end(record, record.experiment.state?.reason);
  }

  /** Where the instruction for one function lies. Asks whether the experiment's role may. */
  function placeFor(record: ExperimentRecord, functionArn: string, action: string) {
    const name = functionArn.split(":function:").at(-1) ?? "";
    const target = functions.get(name);
    if (!target) throw new ServiceError("ResourceNotFoundException", `Target resolution found no ${functionArn}.`);
    const location = parseLocation(target.variables);
    if (!location) throw new ServiceError("ValidationException", `${name} has no AWS_FIS_CONFIGURATION_LOCATION.`);
    const role = identities.of(record.experiment.roleArn ?? "");
    identities.authorise(role, { action: "tag:GetResources", resource: "*", context: {} });
    identities.authorise(role, {
      action: "lambda:GetFunction",
      resource: functionArn,
      context: tagContext(target.tags),
    });
    const key = instructionKey(location, name, record.experiment.id);
    const resource = `arn:aws:s3:::${location.bucket}/${key}`;
    identities.authorise(role, { action, resource, context: { "aws:ResourceAccount": ACCOUNT } });
    return { bucket: location.bucket, key };
  }

  function instruct(record: ExperimentRecord, until: number): void {
    for (const { functionArn, action } of actionsOf(record.experiment)) {
      const { bucket, key } = placeFor(record, functionArn, "s3:PutObject");
      const instruction: Instruction = Instruction.parse({
        action: action.actionId,
        parameters: action.parameters,
        until,
      });
      buckets.put(bucket, key, Buffer.from(JSON.stringify(instruction)));
    }
  }

  /** An experiment whose post-action fails has failed; its instruction still says by when it is over. */
  function finish(record: ExperimentRecord, ending: ExperimentStatus, reason?: string): void {
    try {
      withdraw(record);
      become(record, ending, reason);
    } catch (error) {
      become(record, "failed", (error as Error).message);
    }
  }

  function withdraw(record: ExperimentRecord): void {
    if (!record.experiment.startTime) return;
    for (const { functionArn } of actionsOf(record.experiment)) {
      const { bucket, key } = placeFor(record, functionArn, "s3:DeleteObject");
      buckets.delete(bucket, key);
    }
  }

  return {
    templates,
    experiments,
    left: () => [
      ...[...experiments.values()]
        .filter((record) => ACTIVE.includes(status(record)))
        .map(
          (record) => `experiment ${record.experiment.id} is ${status(record)} (${markText(record.experiment.tags)})`,
        ),
      ...[...templates.values()].map(
        ({ template }) => `experiment template ${template.id} (${markText(template.tags)})`,
      ),
    ],
    onAlarm(alarmArn, state) {
      if (state !== "ALARM") return;
      for (const record of experiments.values()) {
        if (status(record) === "running" && stopAlarmsOf(record.experiment).includes(alarmArn))
          halt(record, `Stop condition ${alarmArn} is in ALARM.`);
      }
    },
    stop: () => timers.forEach(clearTimeout),
    service: {
      CreateExperimentTemplate: operation<CreateExperimentTemplateCommandInput, CreateExperimentTemplateCommandOutput>({
        needs: ({ roleArn, actions, tags }) => [
          ...Object.values(actions ?? {}).map(({ actionId }) => ({
            action: "fis:CreateExperimentTemplate",
            resource: arn("fis", `action/${actionId}`),
            context: requestTags(tags),
          })),
          { action: "fis:CreateExperimentTemplate", resource: templateArn("EXTnew"), context: requestTags(tags) },
          ...tagging(templateArn("EXTnew"), tags),
          {
            action: "iam:PassRole",
            resource: roleArn ?? "",
            context: { "iam:PassedToService": "fis.amazonaws.com" },
          },
        ],
        run: async (input) => {
          const known = [...templates.values(), ...deleted.values()].find(({ token }) => token === input.clientToken);
          if (input.clientToken !== undefined && known) return { experimentTemplate: { ...known.template } };
          validate(input);
          const { clientToken, stopConditions, ...rest } = input;
          const now = new Date();
          const template = structuredClone({
            ...rest,
            id: `EXT${randomUUID().replaceAll("-", "").slice(0, 14)}`,
            stopConditions,
            creationTime: now,
            lastUpdateTime: now,
          }) as TemplateRecord["template"];
          templates.set(template.id, { token: clientToken, template });
          save();
          return { experimentTemplate: { ...template } };
        },
      }),
      GetExperimentTemplate: operation<GetExperimentTemplateCommandInput, GetExperimentTemplateCommandOutput>({
        needs: ({ id }) => ofTemplate("fis:GetExperimentTemplate", findTemplate(id)),
        run: async ({ id }) => ({ experimentTemplate: { ...findTemplate(id).template } }),
      }),
      ListExperimentTemplates: operation<ListExperimentTemplatesCommandInput, ListExperimentTemplatesCommandOutput>({
        needs: () => [{ action: "fis:ListExperimentTemplates", resource: "*" }],
        run: async (input) => {
          const { page, nextToken } = pageOf([...templates.values()], input);
          return { experimentTemplates: page.map(({ template }) => summaryOf(template)), ...nextToken };
        },
      }),
      DeleteExperimentTemplate: operation<DeleteExperimentTemplateCommandInput, DeleteExperimentTemplateCommandOutput>({
        needs: ({ id }) => ofTemplate("fis:DeleteExperimentTemplate", findTemplate(id)),
        run: async ({ id }) => {
          const record = findTemplate(id);
          templates.delete(record.template.id);
          deleted.set(record.template.id, record);
          save();
          return { experimentTemplate: { ...record.template } };
        },
      }),
      StartExperiment: operation<StartExperimentCommandInput, StartExperimentCommandOutput>({
        needs: ({ experimentTemplateId, tags }) => [
          ...ofTemplate("fis:StartExperiment", findTemplate(experimentTemplateId)),
          { action: "fis:StartExperiment", resource: experimentArn("EXPnew"), context: requestTags(tags) },
          ...tagging(experimentArn("EXPnew"), tags),
        ],
        run: async ({ clientToken, experimentTemplateId, tags }) => {
          const known = [...experiments.values()].find(({ token }) => token === clientToken);
          if (clientToken !== undefined && known) return { experiment: structuredClone(known.experiment) };
          const { template } = findTemplate(experimentTemplateId);
          const active = [...experiments.values()].filter((record) => ACTIVE.includes(status(record)));
          if (active.length >= MOST_ACTIVE) {
            throw new ServiceError(
              "ServiceQuotaExceededException",
              "You have reached the maximum of active experiments.",
            );
          }
          const { roleArn, targets, actions, stopConditions } = structuredClone(template);
          const record: ExperimentRecord = {
            token: clientToken,
            experiment: {
              ...{ roleArn, targets, actions, stopConditions },
              id: `EXP${randomUUID().replaceAll("-", "").slice(0, 14)}`,
              experimentTemplateId: template.id,
              creationTime: new Date(),
              ...(tags ? { tags } : {}),
            } as ExperimentRecord["experiment"],
          };
          experiments.set(record.experiment.id, record);
          become(record, "pending");
          later(paceMs, () => initiate(record));
          return { experiment: structuredClone(record.experiment) };
        },
      }),
      GetExperiment: operation<GetExperimentCommandInput, GetExperimentCommandOutput>({
        needs: ({ id }) => ofExperiment("fis:GetExperiment", findExperiment(id)),
        run: async ({ id }) => ({ experiment: structuredClone(findExperiment(id).experiment) }),
      }),
      ListExperiments: operation<ListExperimentsCommandInput, ListExperimentsCommandOutput>({
        needs: () => [{ action: "fis:ListExperiments", resource: "*" }],
        run: async (input) => {
          const { page, nextToken } = pageOf([...experiments.values()], input);
          return { experiments: page.map(({ experiment }) => summaryOf(experiment)), ...nextToken };
        },
      }),
      StopExperiment: operation<StopExperimentCommandInput, StopExperimentCommandOutput>({
        needs: ({ id }) => ofExperiment("fis:StopExperiment", findExperiment(id)),
        run: async ({ id }) => {
          const record = findExperiment(id);
          if (!ACTIVE.includes(status(record))) {
            throw new ServiceError(
              "ValidationException",
              `Experiment ${id} is ${status(record)}, and cannot be stopped.`,
            );
          }
          halt(record, "Experiment stopped by user.");
          return { experiment: structuredClone(record.experiment) };
        },
      }),
    },
  };
}

const templateArn = (id: string) => arn("fis", `experiment-template/${id}`);
const experimentArn = (id: string) => arn("fis", `experiment/${id}`);

type Tags = Record<string, string> | undefined;
const prefixed = (prefix: string, tags: Tags) =>
  Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`${prefix}/${key}`, value]));
const requestTags = (tags: Tags) => prefixed("aws:RequestTag", tags);
const tagContext = (tags: Tags) => prefixed("aws:ResourceTag", tags);
const tagging = (resource: string, tags: Tags): Needs[] =>
  tags ? [{ action: "fis:TagResource", resource, context: requestTags(tags) }] : [];
const ofTemplate = (action: string, { template }: TemplateRecord): Needs[] => [
  { action, resource: templateArn(template.id), context: tagContext(template.tags) },
];
const ofExperiment = (action: string, { experiment }: ExperimentRecord): Needs[] => [
  { action, resource: experimentArn(experiment.id), context: tagContext(experiment.tags) },
];

const markText = (tags: Tags) => Object.values(tags ?? {}).join(", ") || "without tags";

function pageOf<T>(all: readonly T[], { maxResults = 100, nextToken = "0" }: ListExperimentsCommandInput) {
  const from = Number(nextToken);
  const to = from + maxResults;
  return { page: all.slice(from, to), nextToken: to < all.length ? { nextToken: String(to) } : {} };
}

/** Lists leave out what makes the thing up. */
function summaryOf<T extends ExperimentTemplate | Experiment>(whole: T) {
  const { actions: _actions, targets: _targets, stopConditions: _stopConditions, roleArn: _roleArn, ...rest } = whole;
  return structuredClone(rest);
}

const stopAlarmsOf = ({ stopConditions }: Experiment): string[] =>
  (stopConditions ?? []).flatMap(({ source, value }) => (source === "aws:cloudwatch:alarm" && value ? [value] : []));

function* actionsOf({ actions, targets }: Experiment) {
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

const durationMs = ({ actions }: Experiment): number =>
  Math.max(...Object.values(actions ?? {}).map(({ parameters }) => durationOf(parameters?.duration) ?? 0));

const LEAST_MS = 60_000;
const MOST_MS = 12 * 3_600_000;

/** What FIS refuses at once (FIS user guide, "AWS Lambda actions" and "Quotas"). */
function validate({ actions, targets, stopConditions }: CreateExperimentTemplateCommandInput): void {
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
