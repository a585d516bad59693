import type { ServerResponse } from "node:http";
import type { Needs, Service } from "../aws/operation.ts";
import { ServiceError } from "../aws/operation.ts";

/** Services by what stands before the operation in `X-Amz-Target`, such as `AWSEvents` in `AWSEvents.PutEvents`. */
export type JsonServices = Readonly<Record<string, Service>>;

/** Calls an operation of a service that speaks JSON over HTTP, as the SDK in a hosted function does. */
export async function serveJson(
  target: string,
  body: Buffer,
  services: JsonServices,
  authorise: (needs: Needs[]) => void,
  response: ServerResponse,
): Promise<void> {
  const [prefix = "", name = ""] = target.split(".");
  const operation = services[prefix]?.[name];
  if (!operation) {
    throw new ServiceError("UnknownOperationException", `The stand-in region does not play ${target}.`);
  }
  const input = JSON.parse(body.toString() || "{}", times) as never;
  authorise(operation.needs(input));
  const output = await operation.run(input);
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(output));
}

/** The protocol has times as Unix seconds; the only one that is played is an event's. */
const times = (key: string, value: unknown) =>
  key === "Time" && typeof value === "number" ? new Date(value * 1000) : value;
