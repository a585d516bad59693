import { createHash } from "node:crypto";
import type { Assembly, StackTemplate, TemplateResource } from "./assembly.ts";
import { NO_VALUE, resolve, type Scope, TemplateError } from "./intrinsics.ts";
import { ACCOUNT, type Endpoints, type Named, namingOf, onLoopback, REGION, type Types } from "./naming.ts";
import { parameterValue } from "./public-parameters.ts";
import { dereferenced, mapTexts, secretValues } from "./secrets.ts";

/** A resource with everything in it resolved. */
export interface Resource extends Named {
  readonly stack: string;
  readonly logicalId: string;
  /** What `Ref` gives. */
  readonly ref: string;
  readonly arn: string | undefined;
  /** The construct's path, such as `Orders/CreateOrder/Function/Resource`. */
  readonly path: string;
}

/** Whether what a stack holds may be reached: some are brought up and taken down while the region stands. */
export type IsThere = (resource: Pick<Resource, "stack">) => boolean;

export interface Graph {
  readonly resources: readonly Resource[];
  /** Types that the stand-in does not know, with the paths of their resources: named, never silently skipped. */
  readonly skipped: readonly { type: string; path: string }[];
  ofType(type: string): Resource[];
  byArn(arn: string): Resource | undefined;
  byName(type: string, name: string): Resource | undefined;
}

/** What a reading goes by. */
export interface Reading {
  /** Physical names are made with it. */
  readonly salt: string;
  /** Every type that is known. */
  readonly types: Types;
  readonly endpoints: Endpoints;
}

/** All stacks' resources under their physical names. Names end in something random, as on AWS: nothing may rely on one. */
export function resolveGraph({ stacks }: Pick<Assembly, "stacks">, reading: Reading): Graph {
  const { salt, types, endpoints } = reading;
  const resolved: Resource[] = [];
  const skipped: { type: string; path: string }[] = [];
  for (const stack of stacks) {
    const scope = scopeOf(stack, reading);
    for (const [logicalId, raw] of Object.entries(stack.template.Resources)) {
      const path = String(raw.Metadata?.["aws:cdk:path"] ?? `${stack.name}/${logicalId}`);
      if (raw.Type === "AWS::CDK::Metadata") continue;
      if (!(raw.Type in types)) skipped.push({ type: raw.Type, path });
      else if (raw.Condition === undefined || scope.condition(raw.Condition)) {
        resolved.push(toResource(stack, logicalId, raw, path, scope, reading));
      }
    }
  }
  const secrets = secretValues(resolved, salt);
  const resources = resolved.map((resource) => ({
    ...resource,
    properties: mapTexts(resource.properties, (text) => onLoopback(dereferenced(text, secrets), endpoints)),
  }));
  const byArn = new Map(resources.map((resource) => [resource.arn, resource]));
  return {
    resources,
    skipped,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byArn: (arn) => byArn.get(arn),
    byName: (type, name) => resources.find((resource) => resource.type === type && resource.name === name),
  };
}

/** The physical names of all resources of a type: known before anything of them is resolved. */
export const physicalNames = (
  { stacks }: Pick<Assembly, "stacks">,
  reading: Omit<Reading, "endpoints">,
  type: string,
): string[] =>
  stacks.flatMap((stack) => {
    const scope = scopeOf(stack, { ...reading, endpoints: new Map() });
    return Object.entries(stack.template.Resources)
      .filter(([, { Type, Condition }]) => Type === type && (Condition === undefined || scope.condition(Condition)))
      .map(([logicalId, raw]) => physicalName(stack, logicalId, raw, scope, reading));
  });

function toResource(
  stack: StackTemplate,
  logicalId: string,
  raw: TemplateResource,
  path: string,
  scope: Scope,
  reading: Reading,
): Resource {
  const properties = (resolve(raw.Properties ?? {}, scope) ?? {}) as Record<string, unknown>;
  const named = { type: raw.Type, name: physicalName(stack, logicalId, raw, scope, reading), properties };
  const naming = namingOf(reading.types, raw.Type);
  const ref = naming.ref(named);
  const arn = naming.attributes.Arn?.(named, reading.endpoints);
  return { ...named, stack: stack.name, logicalId, ref, arn, path };
}

/** AWS cuts long names and adds a random end. */
export function physicalName(
  stack: StackTemplate,
  logicalId: string,
  raw: TemplateResource,
  scope: Scope,
  { salt, types }: Pick<Reading, "salt" | "types">,
): string {
  const { nameProperty, generated } = namingOf(types, raw.Type);
  const given = nameProperty && raw.Properties?.[nameProperty];
  if (given) return String(resolve(given, scope));
  const random = createHash("sha256").update(`${salt}/${stack.name}/${logicalId}`).digest("hex");
  if (raw.Type === "AWS::Lambda::Version") return versionNumber(stack, raw);
  const readable = `${stack.name}-${logicalId}`.slice(0, 50);
  return generated?.(random, readable) ?? `${readable}-${random.slice(0, 12).toUpperCase()}`;
}

/** A function's versions count from 1, in the template's order. */
function versionNumber({ template }: StackTemplate, version: TemplateResource): string {
  const ofFunction = ({ Properties }: TemplateResource) => JSON.stringify(Properties?.FunctionName);
  const same = Object.values(template.Resources).filter(
    (one) => one.Type === version.Type && ofFunction(one) === ofFunction(version),
  );
  return String(1 + same.indexOf(version));
}

const PSEUDO: Record<string, unknown> = {
  "AWS::AccountId": ACCOUNT,
  "AWS::NoValue": NO_VALUE,
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::URLSuffix": "amazonaws.com",
};

function isNotHosted({ foreign = false, template }: StackTemplate, logicalId: string, types: Types): boolean {
  const raw = template.Resources[logicalId];
  return foreign && raw !== undefined && !(raw.Type in types);
}

const notHosted = (...names: string[]) => `not-hosted-${names.join("-")}`;

function scopeOf(stack: StackTemplate, { salt, types, endpoints }: Reading): Scope {
  const { template, name } = stack;
  const named = (logicalId: string): Named => {
    const raw = template.Resources[logicalId];
    if (!raw) throw new TemplateError(`Stack ${name} refers to ${logicalId}, which it does not have.`);
    return {
      type: raw.Type,
      name: physicalName(stack, logicalId, raw, scope, { salt, types }),
      // Few attributes look into them.
      get properties() {
        return (resolve(raw.Properties ?? {}, scope) ?? {}) as Record<string, unknown>;
      },
    };
  };
  const scope: Scope = {
    ref(target) {
      if (target in PSEUDO) return PSEUDO[target];
      if (target === "AWS::StackName") return name;
      if (target === "AWS::StackId") return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${name}/${salt}`;
      const parameter = template.Parameters?.[target];
      if (parameter) return parameterValue(parameter);
      if (isNotHosted(stack, target, types)) return notHosted(target);
      const resource = named(target);
      return namingOf(types, resource.type).ref(resource);
    },
    getAtt(logicalId, attribute) {
      if (isNotHosted(stack, logicalId, types)) return notHosted(logicalId, attribute);
      const resource = named(logicalId);
      const read = namingOf(types, resource.type).attributes[attribute];
      if (!read) throw new TemplateError(`The attribute ${attribute} of ${resource.type} is not played.`);
      return read(resource, endpoints);
    },
    condition(condition) {
      const value = template.Conditions?.[condition];
      return value === undefined ? undefined : resolve(value, scope) === true;
    },
    mapping: (map, first, second) => template.Mappings?.[map]?.[first]?.[second],
  };
  return scope;
}
