import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { UsagePlanRecord } from "../aws/api-gateway/usage-plans.ts";
import type { TableRecord } from "../aws/dynamodb/operations.ts";
import type { RuleRecord } from "../aws/eventbridge/rules.ts";
import { type EventSourceRecord, settle } from "../aws/lambda/event-source-mappings.ts";
import type { AliasRecord } from "../aws/lambda/versions.ts";
import type { Service } from "../aws/operation.ts";
import type { QueueRecord } from "../aws/sqs/queues.ts";
import { writeAtomically } from "./atomic-file.ts";

/** The records that calls may change. */
interface Records {
  readonly rules: readonly RuleRecord[];
  readonly queues: Iterable<QueueRecord>;
  readonly eventSources: Iterable<EventSourceRecord>;
  readonly usagePlans: Iterable<UsagePlanRecord>;
  /** Default: none. */
  readonly tables?: Iterable<TableRecord>;
  /** Default: none. */
  readonly aliases?: Iterable<AliasRecord>;
}

/** Operations that change a record. What moves messages is not kept: queues are as empty as after a purge then. */
const CHANGES = new Set([
  "DisableRule",
  "EnableRule",
  "SetQueueAttributes",
  "UpdateAlias",
  "UpdateEventSourceMapping",
  "UpdateTable",
  "UpdateUsagePlan",
]);

const States = z.record(z.string(), z.json());
type States = z.infer<typeof States>;
const SavedBlocks = z.object({ deployed: States, now: States });

const EventSourceState = z.object({
  enabled: z.boolean(),
  batchSize: z.number(),
  maximumConcurrency: z.number().exactOptional(),
});
const Most = z.object({ read: z.number().exactOptional(), write: z.number().exactOptional() });
const AliasState = z.object({ version: z.string(), weights: z.record(z.string(), z.number()).exactOptional() });
const Throttle = z.object({ rate: z.number(), burst: z.number() }).optional();

/** One record as what can be changed of it. */
interface Part {
  /** The construct's path: it names a record in whichever process. */
  readonly name: string;
  read(): unknown;
  write(state: unknown): void;
}

export interface KeptBlocks {
  /** The same service, whose changes are kept. */
  around(service: Service): Service;
  /** What is not as its stack deployed it, by path. */
  changed(): string[];
}

/** Keeps rules, queues' attributes, event source mappings, usage plans and aliases in a file, as AWS would keep them. */
export function keepBlocks(records: Records, file: string | undefined): KeptBlocks {
  const parts = partsOf(records);
  const saved = file && existsSync(file) ? SavedBlocks.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
  const deployed = saved?.deployed ?? statesOf(parts);
  for (const part of parts) if (saved && part.name in saved.now) part.write(saved.now[part.name]);
  const save = () => {
    if (file) writeAtomically(file, JSON.stringify({ deployed, now: statesOf(parts) }, undefined, 2));
  };
  save();
  return {
    around: (service) =>
      Object.fromEntries(
        Object.entries(service).map(([name, played]) => {
          if (!CHANGES.has(name)) return [name, played];
          const run: typeof played.run = async (input) => {
            const output = await played.run(input);
            save();
            return output;
          };
          return [name, { ...played, run }];
        }),
      ),
    changed() {
      const now = statesOf(parts);
      return Object.keys(deployed).filter((name) => !isDeepStrictEqual(now[name], deployed[name]));
    },
  };
}

function partsOf({ rules, queues, eventSources, usagePlans, tables = [], aliases = [] }: Records): Part[] {
  return [
    ...rules.map(
      (rule): Part => ({
        name: rule.path,
        read: () => rule.state,
        write: (state) => {
          rule.state = z.enum(["ENABLED", "DISABLED"]).parse(state);
        },
      }),
    ),
    ...[...queues].map(
      (queue): Part => ({
        name: queue.path,
        read: () => Object.fromEntries(Object.entries(queue.attributes).sort()),
        write: (state) => {
          queue.attributes = z.record(z.string(), z.string()).parse(state);
        },
      }),
    ),
    ...[...eventSources].map(
      (mapping): Part => ({
        name: mapping.path,
        // A change under way counts as done: AWS would finish it, whoever has asked.
        read: () => mapping.pending ?? mapping.settings,
        write: (state) => settle(mapping, EventSourceState.parse(state)),
      }),
    ),
    ...[...usagePlans].map(
      (plan): Part => ({
        name: plan.path,
        read: () => plan.throttle ?? null,
        write: (state) => {
          const throttle = Throttle.parse(state ?? undefined);
          if (throttle) plan.throttle = throttle;
          else delete plan.throttle;
        },
      }),
    ),
    ...[...tables].map(
      (table): Part => ({
        name: table.path,
        // As with event source mappings, a change under way counts as done.
        read: () => table.pending ?? table.most,
        write: (state) => {
          table.most = Most.parse(state);
        },
      }),
    ),
    ...[...aliases].map(
      (alias): Part => ({
        name: alias.path,
        read: () => ({ version: alias.version, ...(alias.weights ? { weights: alias.weights } : {}) }),
        write: (state) => {
          delete alias.weights;
          Object.assign(alias, AliasState.parse(state));
        },
      }),
    ),
  ];
}

/** As JSON has it, so that equal ones are equal as text. */
const statesOf = (parts: readonly Part[]): States =>
  JSON.parse(JSON.stringify(Object.fromEntries(parts.map((part) => [part.name, part.read()]))));
