import {
  DeleteExperimentTemplateCommand,
  type Experiment,
  type ExperimentSummary,
  type ExperimentTemplateSummary,
  GetExperimentCommand,
  ListExperimentsCommand,
  ListExperimentTemplatesCommand,
  StartExperimentCommand,
  StopExperimentCommand,
} from "@aws-sdk/client-fis";
import { TAGS } from "../../../workflows/names.ts";
import type { Clients } from "../../runtime/clients.ts";
import { Transient } from "../../runtime/errors.ts";
import { pagesOf } from "../../runtime/pages.ts";
import type { Scene } from "../kind.ts";

type Fis = Clients["fis"];
type Identified<Summary> = Summary & { id: string };

/** The experiments that bear a mark, whatever became of the answers when they were made, running or not: FIS keeps them for 120 days. */
export async function experimentsOf(mark: string, fis: Fis): Promise<Identified<ExperimentSummary>[]> {
  const pages = await pagesOf(
    (nextToken) => fis.send(new ListExperimentsCommand({ maxResults: 100, ...(nextToken ? { nextToken } : {}) })),
    (page) => page.nextToken,
  );
  return marked(
    pages.flatMap(({ experiments }) => experiments ?? []),
    mark,
  );
}

/** The experiment templates of a mark. */
export async function templatesOf(mark: string, fis: Fis): Promise<Identified<ExperimentTemplateSummary>[]> {
  const pages = await pagesOf(
    (nextToken) =>
      fis.send(new ListExperimentTemplatesCommand({ maxResults: 100, ...(nextToken ? { nextToken } : {}) })),
    (page) => page.nextToken,
  );
  return marked(
    pages.flatMap(({ experimentTemplates }) => experimentTemplates ?? []),
    mark,
  );
}

export async function experiment(id: string, fis: Fis): Promise<Experiment> {
  const { experiment: found } = await fis.send(new GetExperimentCommand({ id }));
  return found ?? {};
}

/** Not over yet. */
export const isActive = ({ state }: Pick<ExperimentSummary, "state">): boolean =>
  state?.status !== undefined && ["pending", "initiating", "running", "stopping"].includes(state.status);

/** Will go on until somebody stops it. */
export const isStoppable = (summary: Pick<ExperimentSummary, "state">): boolean =>
  isActive(summary) && summary.state?.status !== "stopping";

const marked = <Summary extends { id?: string; tags?: Record<string, string> }>(all: Summary[], mark: string) =>
  all.filter((one): one is Identified<Summary> => one.id !== undefined && one.tags?.[TAGS.id] === mark);

/** Starts the experiment of a template, once. */
export async function startExperiment(
  templateId: string | undefined,
  mark: string,
  { clients }: Pick<Scene, "clients">,
): Promise<void> {
  try {
    await clients.fis.send(
      new StartExperimentCommand({ clientToken: mark, experimentTemplateId: templateId, tags: { [TAGS.id]: mark } }),
    );
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Transient(`experiment template ${templateId} to be known`, "none", "It has just been made.", {
      cause: error,
    });
  }
}

/** Stops what is not over of a mark. */
export async function stopExperiments(
  mark: string,
  { clients, fence }: Pick<Scene, "clients" | "fence">,
): Promise<void> {
  for (const { id } of (await experimentsOf(mark, clients.fis)).filter(isStoppable)) {
    await fence();
    try {
      await clients.fis.send(new StopExperimentCommand({ id }));
    } catch (error) {
      // It may have ended between the look and the call.
      if (isStoppable(await experiment(id, clients.fis))) throw error;
    }
  }
}

export async function deleteTemplates(
  mark: string,
  { clients, fence }: Pick<Scene, "clients" | "fence">,
): Promise<void> {
  for (const { id } of await templatesOf(mark, clients.fis)) {
    await fence();
    try {
      await clients.fis.send(new DeleteExperimentTemplateCommand({ id }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

const isNotFound = (error: unknown): boolean => error instanceof Error && error.name === "ResourceNotFoundException";
