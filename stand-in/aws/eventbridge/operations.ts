import { randomUUID } from "node:crypto";
import type {
  DescribeRuleCommandInput,
  DescribeRuleCommandOutput,
  DisableRuleCommandInput,
  DisableRuleCommandOutput,
  EnableRuleCommandInput,
  EnableRuleCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  PutEventsCommandInput,
  PutEventsCommandOutput,
  PutEventsRequestEntry,
  TestEventPatternCommandInput,
  TestEventPatternCommandOutput,
} from "@aws-sdk/client-eventbridge";
import * as z from "zod";
import { parseJson } from "../../../workflows/json.ts";
import type { Graph } from "../../templates/cfn/graph.ts";
import { ACCOUNT, arn, byName, type Named, REGION, type Types } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import { tagContext, tagList } from "../resource-tags.ts";
import type { Part, Service } from "../service.ts";
import { type Event, matchesPattern } from "./patterns.ts";
import { busNameOf, DEFAULT_BUS, type RuleRecord } from "./rules.ts";

interface Backends {
  readonly graph: Graph;
  /** Changed by EnableRule and DisableRule; whoever matches events looks into them. */
  readonly rules: readonly RuleRecord[];
  put(event: Event, busName: string): void;
}

interface RuleInput {
  Name: string | undefined;
  EventBusName?: string | undefined;
}

/** EventBridge as far as applications put events, and game days switch rules. */
export function createEventBridge({ graph, rules, put }: Backends): Service {
  const buses = new Set([DEFAULT_BUS, ...graph.ofType("AWS::Events::EventBus").map(({ name }) => name)]);
  const find = ({ Name, EventBusName }: RuleInput): RuleRecord => {
    const busName = busNameOf(EventBusName);
    const rule = rules.find((one) => one.name === Name && one.busName === busName);
    if (rule) return rule;
    throw new ServiceError("ResourceNotFoundException", `Rule ${Name} does not exist on EventBus ${busName}.`);
  };
  const needs = (action: string) => (input: RuleInput) => {
    const rule = find(input);
    return [{ action: `events:${action}`, resource: rule.arn, context: tagContext(rule.tags) }];
  };

  return {
    http: { endpoint: "EVENTBRIDGE", jsonTarget: "AWSEvents" },
    parts: rules.map(partOf),
    operations: {
      PutEvents: operation<PutEventsCommandInput, PutEventsCommandOutput>({
        needs: ({ Entries = [] }) =>
          [...new Set(Entries.map(({ EventBusName }) => busNameOf(EventBusName)))].map((name) => ({
            action: "events:PutEvents",
            resource: arn("events", `event-bus/${name}`),
          })),
        run: async ({ Entries = [] }) => {
          const results = Entries.map((entry) => {
            const busName = busNameOf(entry.EventBusName);
            if (!buses.has(busName)) {
              throw new ServiceError("ResourceNotFoundException", `Event bus ${busName} does not exist.`);
            }
            const event = eventOf(entry);
            if (!event) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
            put(event, busName);
            return { EventId: event.id };
          });
          return {
            FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
            Entries: results,
          };
        },
      }),
      DescribeRule: operation<DescribeRuleCommandInput, DescribeRuleCommandOutput>({
        needs: needs("DescribeRule"),
        run: async (input) => {
          const { name, arn: Arn, busName, state, pattern } = find(input);
          return { Name: name, Arn, EventBusName: busName, State: state, EventPattern: JSON.stringify(pattern) };
        },
      }),
      TestEventPattern: operation<TestEventPatternCommandInput, TestEventPatternCommandOutput>({
        needs: () => [{ action: "events:TestEventPattern", resource: "*" }],
        run: async ({ EventPattern = "", Event = "" }) => {
          const [pattern, event] = [parseJson(EventPattern), parseJson(Event)];
          if (!isObject(pattern)) throw new ServiceError("InvalidEventPatternException", "Event pattern is not valid.");
          if (!isObject(event) || REQUIRED.some((field) => !(field in event))) {
            throw new ServiceError(
              "ValidationException",
              `Parameter Event is not valid: expected ${REQUIRED.join(", ")}.`,
            );
          }
          return { Result: matchesPattern(pattern, event as unknown as Event) };
        },
      }),
      // In effect at once; on AWS shortly after (EventBridge API reference, "DisableRule": "allow a short period of time").
      DisableRule: operation<DisableRuleCommandInput, DisableRuleCommandOutput>({
        mutates: true,
        needs: needs("DisableRule"),
        run: async (input) => {
          find(input).state = "DISABLED";
          return {};
        },
      }),
      EnableRule: operation<EnableRuleCommandInput, EnableRuleCommandOutput>({
        mutates: true,
        needs: needs("EnableRule"),
        run: async (input) => {
          find(input).state = "ENABLED";
          return {};
        },
      }),
      ListTagsForResource: operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
        needs: ({ ResourceARN }) => {
          const { arn: resource, tags } = byArn(rules, ResourceARN);
          return [{ action: "events:ListTagsForResource", resource, context: tagContext(tags) }];
        },
        run: async ({ ResourceARN }) => ({ Tags: tagList(byArn(rules, ResourceARN).tags) }),
      }),
    },
  };
}

function byArn(rules: readonly RuleRecord[], ruleArn: string | undefined): RuleRecord {
  const rule = rules.find((one) => one.arn === ruleArn);
  if (rule) return rule;
  throw new ServiceError("ResourceNotFoundException", `The resource you requested does not exist: ${ruleArn}`, 404);
}

const RuleState = z.object({ state: z.enum(["ENABLED", "DISABLED"]) });

const partOf = (rule: RuleRecord): Part => ({
  field: "rule",
  id: `${rule.busName}/${rule.name}`,
  name: rule.path,
  read: () => ({ state: rule.state }),
  write: (state) => void Object.assign(rule, RuleState.parse(state)),
});

/** What an event has to have to be tested (EventBridge API reference, "TestEventPattern"). */
const REQUIRED = ["id", "account", "source", "time", "region", "resources", "detail-type"] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Entry = Event & { readonly id: string };

/** The event as its targets get it; undefined when its detail is not a JSON object. Its time has whole seconds, as on AWS. */
function eventOf({
  Source = "",
  DetailType = "",
  Detail = "",
  Resources = [],
  Time,
}: PutEventsRequestEntry): Entry | undefined {
  const detail = parseJson(Detail);
  if (!isObject(detail)) return undefined;
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": DetailType,
    source: Source,
    account: ACCOUNT,
    time: `${(Time ?? new Date()).toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: Resources,
    detail,
  };
}

/** The bus in a rule's names: the default one is not in them. */
const busOf = ({ properties: { EventBusName } }: Named): string[] =>
  EventBusName === undefined || EventBusName === "default" ? [] : [String(EventBusName).split("/").at(-1)!];

export const eventbridgeTypes: Types = {
  "AWS::Events::EventBus": {
    ref: byName,
    attributes: { Arn: ({ name }) => arn("events", `event-bus/${name}`), Name: byName },
    nameProperty: "Name",
  },
  "AWS::Events::Rule": {
    ref: (rule) => [...busOf(rule), rule.name].join("|"),
    attributes: { Arn: (rule) => arn("events", ["rule", ...busOf(rule), rule.name].join("/")) },
    nameProperty: "Name",
  },
};
