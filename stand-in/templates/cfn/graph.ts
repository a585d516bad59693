import { createHash } from "node:crypto";
import type { Assembly, StackTemplate, TemplateResource } from "./assembly.ts";
import { ACCOUNT, attributeOf, isKnownType, type Named, namingOf, onLoopback, REGION } from "./naming.ts";
import { NO_VALUE, resolve, type Scope, TemplateError } from "./intrinsics.ts";
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

/** All stacks' resources under their physical names. Names end in something random, as on AWS: nothing may rely on one. */
export function readGraph({ stacks }: Pick<Assembly, "stacks">, salt: string): Graph {
  const resolved: Resource[] = [];
  const skipped: { type: string; path: string }[] = [];
  for (const stack of stacks) {
    const scope = scopeOf(stack, salt);
    for (const [logicalId, raw] of Object.entries(stack.template.Resources)) {
      const path = String(raw.Metadata?.["aws:cdk:path"] ?? `${stack.name}/${logicalId}`);
      if (raw.Type === "AWS::CDK::Metadata") continue;
      if (!isKnownType(raw.Type)) skipped.push({ type: raw.Type, path });
      else if (raw.Condition === undefined || scope.condition(raw.Condition)) {
        resolved.push(toResource(stack, logicalId, raw, path, scope, salt));
      }
    }
  }
  const secrets = secretValues(resolved, salt);
  const resources = resolved.map((resource) => ({
    ...resource,
    properties: mapTexts(resource.properties, (text) => onLoopback(dereferenced(text, secrets))),
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

function toResource(
  stack: StackTemplate,
  logicalId: string,
  raw: TemplateResource,
  path: string,
  scope: Scope,
  salt: string,
): Resource {
  const properties = (resolve(raw.Properties ?? {}, scope) ?? {}) as Record<string, unknown>;
  const named = { type: raw.Type, name: physicalName(stack, logicalId, raw, scope, salt), properties };
  const naming = namingOf(raw.Type);
  const ref = naming.ref(named);
  const arn = naming.attributes.Arn?.(named);
  return { ...named, stack: stack.name, logicalId, ref, arn, path };
}

/** What has an id of ten letters and digits on AWS, in place of a name. */
const SHORT_IDS = new Set([
  "AWS::ApiGateway::ApiKey",
  "AWS::ApiGateway::Deployment",
  "AWS::ApiGateway::Resource",
  "AWS::ApiGateway::RestApi",
  "AWS::ApiGateway::UsagePlan",
  "AWS::ApiGatewayV2::Api",
]);

/** AWS cuts long names and adds a random end. */
export function physicalName(
  stack: StackTemplate,
  logicalId: string,
  raw: TemplateResource,
  scope: Scope,
  salt: string,
): string {
  const { nameProperty } = namingOf(raw.Type);
  const given = nameProperty && raw.Properties?.[nameProperty];
  if (given) return String(resolve(given, scope));
  const random = createHash("sha256").update(`${salt}/${stack.name}/${logicalId}`).digest("hex");
  if (SHORT_IDS.has(raw.Type)) return random.slice(0, 10);
  if (raw.Type === "AWS::Lambda::Version") return versionNumber(stack, raw);
  if (raw.Type === "AWS::Lambda::EventSourceMapping") return asUuid(random);
  const name = `${stack.name}-${logicalId}`.slice(0, 50);
  const suffix = random.slice(0, 12);
  return raw.Type === "AWS::S3::Bucket" ? `${name}-${suffix}`.toLowerCase() : `${name}-${suffix.toUpperCase()}`;
}

/** A function's versions count from 1, in the template's order. */
function versionNumber({ template }: StackTemplate, version: TemplateResource): string {
  const ofFunction = ({ Properties }: TemplateResource) => JSON.stringify(Properties?.FunctionName);
  const same = Object.values(template.Resources).filter(
    (one) => one.Type === version.Type && ofFunction(one) === ofFunction(version),
  );
  return String(1 + same.indexOf(version));
}

const asUuid = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");

const PSEUDO: Record<string, unknown> = {
  "AWS::AccountId": ACCOUNT,
  "AWS::NoValue": NO_VALUE,
  "AWS::Partition": "aws",
  "AWS::Region": REGION,
  "AWS::URLSuffix": "amazonaws.com",
};

function isNotHosted({ foreign = false, template }: StackTemplate, logicalId: string): boolean {
  const raw = template.Resources[logicalId];
  return foreign && raw !== undefined && !isKnownType(raw.Type);
}

const notHosted = (...names: string[]) => `not-hosted-${names.join("-")}`;

function scopeOf(stack: StackTemplate, salt: string): Scope {
  const { template, name } = stack;
  const named = (logicalId: string): Named => {
    const raw = template.Resources[logicalId];
    if (!raw) throw new TemplateError(`Stack ${name} refers to ${logicalId}, which it does not have.`);
    return {
      type: raw.Type,
      name: physicalName(stack, logicalId, raw, scope, salt),
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
      if (isNotHosted(stack, target)) return notHosted(target);
      const resource = named(target);
      return namingOf(resource.type).ref(resource);
    },
    getAtt: (logicalId, attribute) =>
      isNotHosted(stack, logicalId) ? notHosted(logicalId, attribute) : attributeOf(named(logicalId), attribute),
    condition(condition) {
      const value = template.Conditions?.[condition];
      return value === undefined ? undefined : resolve(value, scope) === true;
    },
    mapping: (map, first, second) => template.Mappings?.[map]?.[first]?.[second],
  };
  return scope;
}
