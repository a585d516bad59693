import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Template, TemplateResource } from "../cfn/assembly.ts";
import { TemplateError } from "../cfn/intrinsics.ts";
import { type ApiRoute, httpApiResources, restApiResources } from "./apis.ts";
import { IMPLICIT_HTTP_API, IMPLICIT_REST_API, wire, withPolicies } from "./events.ts";
import { functionResources } from "./function.ts";
import { withGlobals } from "./globals.ts";
import { SamFunction, SamRestApi, SamTable, SERVERLESS } from "./serverless.ts";

type Resources = Record<string, TemplateResource>;

/** A template with its short forms written out, and where the code of its functions lies. */
export interface Expanded {
  readonly template: Template;
  /** Key in the assets bucket → folder on this machine. */
  readonly files: Map<string, string>;
}

const TRANSFORM = "AWS::Serverless-2016-10-31";

interface SamTemplate extends Template {
  readonly Transform?: string | readonly unknown[];
  readonly Globals?: Readonly<Record<string, unknown>>;
}

export const isServerless = ({ Transform }: SamTemplate): boolean => [Transform].flat().includes(TRANSFORM);

/**
 * Writes out what CloudFormation writes out on AWS: functions with their roles and events, HTTP and REST APIs, simple tables
 * (SAM developer guide, "Generated CloudFormation resources"). Forms that are not known here stay, and are listed as not hosted.
 * Throws {@link TemplateError} for a short form that SAM would refuse.
 */
export function expandServerless(template: SamTemplate, folder: string): Expanded {
  const files = new Map<string, string>();
  const resources: Resources = {};
  const routes = new Map<string, ApiRoute[]>();
  const ofType = (type: string) =>
    Object.entries(template.Resources).filter(([, { Type }]) => Type === SERVERLESS + type);
  const read = <Schema extends z.ZodType>(schema: Schema, type: string, [id, raw]: [string, TemplateResource]) => {
    const parsed = schema.safeParse(withGlobals(template.Globals?.[type], raw.Properties) ?? {});
    if (parsed.success) return parsed.data;
    throw new TemplateError(`${id} is no ${SERVERLESS}${type}: ${z.prettifyError(parsed.error)}`);
  };
  const add = (made: Resources, { Condition }: Pick<TemplateResource, "Condition"> = {}) => {
    for (const [id, resource] of Object.entries(made)) {
      resources[id] = { ...resource, ...(Condition === undefined ? {} : { Condition }) };
    }
  };

  for (const [id, raw] of ofType("Function")) {
    const given = withPolicies(read(SamFunction, "Function", [id, raw]));
    const { CodeUri, InlineCode } = given;
    if (typeof CodeUri === "string" && existsSync(join(folder, CodeUri))) files.set(CodeUri, join(folder, CodeUri));
    const code = InlineCode === undefined ? { S3Key: String(CodeUri) } : { ZipFile: InlineCode };
    add(functionResources(id, given, code), raw);
    for (const [eventId, event] of Object.entries(given.Events)) {
      const { route, resources: made } = wire(id, eventId, event);
      if (made) add(made, raw);
      if (route) routes.set(route.apiId, [...(routes.get(route.apiId) ?? []), route.route]);
    }
  }
  for (const [id, raw] of ofType("SimpleTable")) add({ [id]: tableOf(read(SamTable, "SimpleTable", [id, raw])) }, raw);
  for (const [id, raw] of ofType("HttpApi")) {
    add(httpApiResources(id, read(z.looseObject({}), "HttpApi", [id, raw]), routes.get(id) ?? []), raw);
  }
  for (const [id, raw] of ofType("Api")) {
    add(restApiResources(id, read(SamRestApi, "Api", [id, raw]), routes.get(id) ?? []), raw);
  }
  const implicitHttp = routes.get(IMPLICIT_HTTP_API);
  if (implicitHttp) add(httpApiResources(IMPLICIT_HTTP_API, {}, implicitHttp));
  const implicitRest = routes.get(IMPLICIT_REST_API);
  if (implicitRest) add(restApiResources(IMPLICIT_REST_API, { StageName: "Prod" }, implicitRest));
  return { template: { ...template, Resources: { ...template.Resources, ...resources } }, files };
}

const ATTRIBUTE_TYPES: Readonly<Record<string, string>> = { String: "S", Number: "N", Binary: "B" };

function tableOf({ TableName, PrimaryKey: { Name, Type } }: SamTable): TemplateResource {
  return {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      ...(TableName === undefined ? {} : { TableName }),
      AttributeDefinitions: [{ AttributeName: Name, AttributeType: ATTRIBUTE_TYPES[Type] ?? "S" }],
      KeySchema: [{ AttributeName: Name, KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    },
  };
}
