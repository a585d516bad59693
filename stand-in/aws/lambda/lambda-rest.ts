import type { IncomingMessage, ServerResponse } from "node:http";
import type { Needs, Operations } from "../operation.ts";
import { ServiceError } from "../operation.ts";

/** Method and path of the operations that hosted functions may call (Lambda API reference). */
const OPERATIONS: Readonly<Record<string, string>> = {
  "GET configuration": "GetFunctionConfiguration",
  "PUT configuration": "UpdateFunctionConfiguration",
};
const PATH = /^\/2015-03-31\/functions\/([^/?]+)\/(\w+)/;

/** Whether a request is for Lambda: its paths are its own. */
export const isForLambda = (request: IncomingMessage): boolean => PATH.test(request.url ?? "");

/** Calls Lambda's own operations as the SDK in a hosted function does: REST with JSON, errors named in a header. */
export async function serveLambda(
  request: IncomingMessage,
  body: Buffer,
  lambda: Operations | undefined,
  authorise: (needs: Needs[]) => void,
  response: ServerResponse,
): Promise<void> {
  const json = { "content-type": "application/json" };
  try {
    const [, name = "", what = ""] = PATH.exec(request.url ?? "") ?? [];
    const operation = lambda?.[OPERATIONS[`${request.method} ${what}`] ?? ""];
    if (!operation) {
      throw new ServiceError(
        "UnknownOperationException",
        `The stand-in's Lambda does not play ${request.method} ${what}.`,
      );
    }
    const input = { ...JSON.parse(body.toString() || "{}"), FunctionName: decodeURIComponent(name) } as never;
    authorise(operation.needs(input));
    const output = JSON.stringify(await operation.run(input));
    response.writeHead(200, json).end(output);
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode: number } };
    response.writeHead($metadata?.httpStatusCode ?? 500, { ...json, "x-amzn-errortype": name });
    response.end(JSON.stringify({ message }));
  }
}
