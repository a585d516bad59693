import type {
  EventSourceMappingConfiguration,
  GetEventSourceMappingCommandInput,
  GetEventSourceMappingCommandOutput,
  ListEventSourceMappingsCommandInput,
  ListEventSourceMappingsCommandOutput,
  UpdateEventSourceMappingCommandInput,
  UpdateEventSourceMappingCommandOutput,
} from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { Resource } from "../../templates/cfn/graph.ts";
import { arn } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import { readTags, tagContext } from "../resource-tags.ts";
import type { Part, Service } from "../service.ts";

/** What an event source mapping is right now. */
export interface EventSourceRecord {
  readonly uuid: string;
  readonly arn: string;
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly functionArn: string;
  readonly queueArn: string;
  readonly reportsFailures: boolean;
  state: "Enabled" | "Enabling" | "Disabled" | "Disabling" | "Updating";
  /** What it will be when the change under way is done; absent when there is none. */
  pending?: EventSourceSettings;
  settings: EventSourceSettings;
}

/** What can be changed of a mapping. */
export interface EventSourceSettings {
  readonly enabled: boolean;
  readonly batchSize: number;
  /** Absent when none is set. */
  readonly maximumConcurrency?: number;
}

interface RawMapping {
  readonly FunctionName: string;
  readonly EventSourceArn: string;
  readonly BatchSize?: number;
  readonly Enabled?: boolean;
  readonly FunctionResponseTypes?: readonly string[];
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

/** @param functionArn the function's ARN: templates give its name as well. */
export function readEventSource({ name, path, properties }: Resource, functionArn: string): EventSourceRecord {
  const raw = properties as unknown as RawMapping;
  const most = raw.ScalingConfig?.MaximumConcurrency;
  return {
    uuid: name,
    arn: arn("lambda", `event-source-mapping:${name}`),
    path,
    functionArn,
    tags: readTags(properties.Tags),
    queueArn: raw.EventSourceArn,
    reportsFailures: raw.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    state: raw.Enabled === false ? "Disabled" : "Enabled",
    settings: {
      enabled: raw.Enabled !== false,
      batchSize: raw.BatchSize ?? 10,
      ...(most === undefined ? {} : { maximumConcurrency: most }),
    },
  };
}

/** Lambda's operations on event source mappings. A change takes `updateMs` to be in effect, and refuses others meanwhile. */
export function createEventSources(mappings: ReadonlyMap<string, EventSourceRecord>, updateMs: number): Service {
  const find = (uuid: string | undefined): EventSourceRecord => {
    const mapping = mappings.get(uuid ?? "");
    if (mapping) return mapping;
    throw new ServiceError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  };
  const needs =
    (action: string) =>
    ({ UUID }: { UUID: string | undefined }) => {
      const { arn: resource, tags, functionArn } = find(UUID);
      const context = { ...tagContext(tags), "lambda:FunctionArn": functionArn };
      return [{ action: `lambda:${action}`, resource, context }];
    };

  return {
    parts: [...mappings.values()].map(partOf),
    operations: {
      ListEventSourceMappings: operation<ListEventSourceMappingsCommandInput, ListEventSourceMappingsCommandOutput>({
        needs: () => [{ action: "lambda:ListEventSourceMappings", resource: "*" }],
        run: async ({ FunctionName, EventSourceArn }) => ({
          EventSourceMappings: [...mappings.values()]
            .filter(({ queueArn }) => EventSourceArn === undefined || queueArn === EventSourceArn)
            .filter(({ functionArn }) => FunctionName === undefined || names(FunctionName, functionArn))
            .map(describe),
        }),
      }),
      GetEventSourceMapping: operation<GetEventSourceMappingCommandInput, GetEventSourceMappingCommandOutput>({
        needs: needs("GetEventSourceMapping"),
        run: async ({ UUID }) => describe(find(UUID)),
      }),
      UpdateEventSourceMapping: operation<UpdateEventSourceMappingCommandInput, UpdateEventSourceMappingCommandOutput>({
        mutates: true,
        needs: needs("UpdateEventSourceMapping"),
        run: async ({ UUID, Enabled, BatchSize, ScalingConfig }) => {
          const mapping = find(UUID);
          if (mapping.pending) {
            throw new ServiceError(
              "ResourceInUseException",
              `Cannot update the event source mapping because it is in use: its state is ${mapping.state}.`,
            );
          }
          const { settings } = mapping;
          const most = ScalingConfig ? ScalingConfig.MaximumConcurrency : settings.maximumConcurrency;
          const pending = {
            enabled: Enabled ?? settings.enabled,
            batchSize: BatchSize ?? settings.batchSize,
            ...(most === undefined ? {} : { maximumConcurrency: most }),
          };
          mapping.pending = pending;
          mapping.state =
            pending.enabled === settings.enabled ? "Updating" : pending.enabled ? "Enabling" : "Disabling";
          setTimeout(() => settle(mapping, pending), updateMs).unref();
          return describe(mapping);
        },
      }),
    },
  };
}

const Settings = z.object({
  enabled: z.boolean(),
  batchSize: z.number(),
  maximumConcurrency: z.number().exactOptional(),
});

const partOf = (mapping: EventSourceRecord): Part => ({
  field: "eventSource",
  id: mapping.uuid,
  name: mapping.path,
  read: () => ({ ...mapping.settings }),
  pending: () => mapping.pending && { ...mapping.pending },
  write: (state) => settle(mapping, Settings.parse(state)),
});

/** Puts settings into effect. */
function settle(mapping: EventSourceRecord, settings: EventSourceSettings): void {
  delete mapping.pending;
  mapping.settings = settings;
  mapping.state = settings.enabled ? "Enabled" : "Disabled";
}

const names = (nameOrArn: string, functionArn: string) =>
  nameOrArn === functionArn || functionArn.endsWith(`:function:${nameOrArn}`);

const describe = (mapping: EventSourceRecord): EventSourceMappingConfiguration => ({
  UUID: mapping.uuid,
  EventSourceMappingArn: mapping.arn,
  EventSourceArn: mapping.queueArn,
  FunctionArn: mapping.functionArn,
  BatchSize: mapping.settings.batchSize,
  ...(mapping.settings.maximumConcurrency === undefined
    ? {}
    : { ScalingConfig: { MaximumConcurrency: mapping.settings.maximumConcurrency } }),
  FunctionResponseTypes: mapping.reportsFailures ? ["ReportBatchItemFailures"] : [],
  State: mapping.state,
});
