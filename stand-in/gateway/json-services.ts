import type { ServerResponse } from "node:http";
import type { Needs } from "../aws/operation.ts";
import { ServiceError } from "../aws/operation.ts";
import type { Service } from "../aws/service.ts";

/** Calls an operation of a service that speaks JSON over HTTP, as the SDK in a hosted function does. */
export async function serveJson(
  target: string,
  body: Buffer,
  services: readonly Service[],
  authorise: (needs: Needs[]) => void,
  response: ServerResponse,
): Promise<void> {
  const [prefix = "", name = ""] = target.split(".");
  const operation = services.find(({ http }) => http?.jsonTarget === prefix)?.operations[name];
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
