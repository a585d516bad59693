import { TemplateError } from "./intrinsics.ts";

/** Where the stand-in region says it is. */
export const REGION = "rehearsal-1";
export const ACCOUNT = "000000000000";

export const arn = (service: string, resource: string, global = false): string =>
  `arn:aws:${service}:${global ? "" : REGION}:${ACCOUNT}:${resource}`;

/** A resource as far as its names go. */
export interface Named {
  readonly type: string;
  /** The resource's physical name or id. */
  readonly name: string;
  readonly properties: Record<string, unknown>;
}

/** Id of an API or a front end → where it listens. Addresses are known before anything is resolved. */
export type Endpoints = ReadonlyMap<string, string>;

/** How resources of one type are named (CloudFormation's "return values" of each type). */
export interface Naming {
  /** What `Ref` gives: on AWS a name, an ARN, a URL or an id, by type. */
  ref(resource: Named): string;
  readonly attributes: Readonly<Record<string, (resource: Named, endpoints: Endpoints) => string>>;
  /** The property that names the resource, where its author gave a name. */
  readonly nameProperty?: string;
  /** The name or id that AWS makes up. Default: stack and logical id, cut, with a random end. */
  generated?(random: string, readable: string): string;
}

/** The namings of a service's resources, by type. */
export type Types = Readonly<Record<string, Naming>>;

export const byName = (resource: Named): string => resource.name;

/** Types whose `Ref` is the name and whose only needed attribute is the ARN. */
export const plain = (service: string, resource: (name: string) => string, nameProperty?: string): Naming => ({
  ref: byName,
  attributes: { Arn: ({ name }) => arn(service, resource(name)) },
  ...(nameProperty ? { nameProperty } : {}),
});
export const refIsArn = (service: string, resource: (name: string) => string, nameProperty?: string): Naming => ({
  ...plain(service, resource, nameProperty),
  ref: ({ name }) => arn(service, resource(name)),
});
export const onlyId: Naming = { ref: byName, attributes: {} };

/** Where an API or a front end listens; an address that leads nowhere when it does not. */
export const endpointOf = (endpoints: Endpoints, id: string): string =>
  endpoints.get(id) ?? `http://${id}.not-hosted.invalid`;

/** Templates put a REST API's address together from its id: here it is on loopback. */
export const onLoopback = (text: string, endpoints: Endpoints): string =>
  text.replace(/https:\/\/(\w+)\.execute-api\.[\w-]+\.amazonaws\.com/g, (_address, apiId: string) =>
    endpointOf(endpoints, apiId),
  );

export function namingOf(types: Types, type: string): Naming {
  const naming = types[type];
  if (!naming) throw new TemplateError(`Resources of type ${type} are not played, so nothing can refer to one.`);
  return naming;
}
