import { randomUUID } from "node:crypto";
import type {
  CreateExperimentTemplateCommandInput,
  CreateExperimentTemplateCommandOutput,
  DeleteExperimentTemplateCommandInput,
  DeleteExperimentTemplateCommandOutput,
  Experiment,
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
import { arn } from "../../templates/cfn/naming.ts";
import type { AlarmState } from "../cloudwatch/alarms.ts";
import { type Needs, type Operations, operation, ServiceError } from "../operation.ts";
import { tagContext } from "../resource-tags.ts";
import { type ExperimentRecord, experimentLife, isActive, type Surroundings, status } from "./experiment-life.ts";
import { stopAlarmsOf, validate } from "./template.ts";

/** A template as it was made, with the token by which the same call is known again. */
export interface TemplateRecord {
  readonly token: string | undefined;
  readonly template: ExperimentTemplate & { id: string };
}

export interface Fis {
  readonly operations: Operations;
  readonly templates: ReadonlyMap<string, TemplateRecord>;
  readonly experiments: ReadonlyMap<string, ExperimentRecord>;
  /** Experiments that are not over and templates that are left, by what they are for. */
  left(): string[];
  /** Stop conditions are looked at when an alarm changes. */
  onAlarm(alarmArn: string, state: AlarmState): void;
  stop(): void;
}

interface Options extends Surroundings {
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

const MOST_ACTIVE = 5;

/** FIS as far as experiments on Lambda functions go. */
export function createFis({ kept, ...surroundings }: Options): Fis {
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
  const life = experimentLife(surroundings, save);
  for (const record of experiments.values()) life.carryOn(record);
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

  return {
    templates,
    experiments,
    left: () => [
      ...[...experiments.values()]
        .filter((record) => isActive(record))
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
          life.halt(record, `Stop condition ${alarmArn} is in ALARM.`);
      }
    },
    stop: () => life.stop(),
    operations: {
      CreateExperimentTemplate: operation<CreateExperimentTemplateCommandInput, CreateExperimentTemplateCommandOutput>({
        mutates: true,
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
        mutates: true,
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
        mutates: true,
        needs: ({ experimentTemplateId, tags }) => [
          ...ofTemplate("fis:StartExperiment", findTemplate(experimentTemplateId)),
          { action: "fis:StartExperiment", resource: experimentArn("EXPnew"), context: requestTags(tags) },
          ...tagging(experimentArn("EXPnew"), tags),
        ],
        run: async ({ clientToken, experimentTemplateId, tags }) => {
          const known = [...experiments.values()].find(({ token }) => token === clientToken);
          if (clientToken !== undefined && known) return { experiment: structuredClone(known.experiment) };
          const { template } = findTemplate(experimentTemplateId);
          const active = [...experiments.values()].filter((record) => isActive(record));
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
              roleArn,
              targets,
              actions,
              stopConditions,
              id: `EXP${randomUUID().replaceAll("-", "").slice(0, 14)}`,
              experimentTemplateId: template.id,
              creationTime: new Date(),
              ...(tags ? { tags } : {}),
            } as ExperimentRecord["experiment"],
          };
          experiments.set(record.experiment.id, record);
          life.begin(record);
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
        mutates: true,
        needs: ({ id }) => ofExperiment("fis:StopExperiment", findExperiment(id)),
        run: async ({ id }) => {
          const record = findExperiment(id);
          if (!isActive(record)) {
            throw new ServiceError(
              "ValidationException",
              `Experiment ${id} is ${status(record)}, and cannot be stopped.`,
            );
          }
          life.halt(record, "Experiment stopped by user.");
          return { experiment: structuredClone(record.experiment) };
        },
      }),
    },
  };
}

const templateArn = (id: string) => arn("fis", `experiment-template/${id}`);
const experimentArn = (id: string) => arn("fis", `experiment/${id}`);

type Tags = Record<string, string> | undefined;
const requestTags = (tags: Tags) =>
  Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
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
