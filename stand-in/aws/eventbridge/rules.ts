import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { readTags } from "../resource-tags.ts";
import type { InputTransformer } from "./transformer.ts";

/** The bus that every account has, on which the services put their events. */
export const DEFAULT_BUS = "default";

export interface RuleTarget {
  readonly Arn: string;
  readonly Id: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputTransformer?: InputTransformer;
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

/** What a rule is right now. */
export interface RuleRecord {
  readonly name: string;
  readonly busName: string;
  readonly arn: string;
  /** The construct's path. */
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly pattern: unknown;
  readonly targets: readonly RuleTarget[];
  state: "ENABLED" | "DISABLED";
}

/** The rules of the templates, as they were deployed. */
export const readRules = (graph: Graph): RuleRecord[] => graph.ofType("AWS::Events::Rule").map(toRecord);

const toRecord = ({ name, arn = "", path, properties }: Resource): RuleRecord => ({
  name,
  arn,
  path,
  busName: busNameOf(properties.EventBusName as string | undefined),
  tags: readTags(properties.Tags),
  pattern: properties.EventPattern,
  targets: (properties.Targets ?? []) as RuleTarget[],
  state: properties.State === "DISABLED" ? "DISABLED" : "ENABLED",
});

/** Templates and calls name a bus by its name or by its ARN. */
export const busNameOf = (nameOrArn = DEFAULT_BUS): string => nameOrArn.split("/").at(-1)!;
