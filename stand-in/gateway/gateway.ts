import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tableNeeds } from "../aws/dynamodb/operations.ts";
import { isForLambda, serveLambda } from "../aws/lambda/lambda-rest.ts";
import type { Needs } from "../aws/operation.ts";
import { ServiceError } from "../aws/operation.ts";
import { type Buckets, s3Needs } from "../aws/s3/operations.ts";
import type { Service } from "../aws/service.ts";
import type { Identities, Identity } from "../iam/identities.ts";
import { serveJson } from "./json-services.ts";

interface Backends {
  identities: Identities;
  buckets: Buckets;
  /** Where dynalite listens. */
  tablesPort: number;
  /** Throws for a request that goes beyond what its table takes. Default: none does. */
  admit?(action: string, input: object): void;
  /** What else hosted functions may call: those that say how, and Lambda itself. Default: nothing. */
  services?: Readonly<Record<string, Service>>;
}

/** Where hosted functions and load tasks find AWS. */
export interface Gateway {
  readonly url: string;
  /** Begins to answer; until then it is not available. */
  open(backends: Backends): void;
  stop(): Promise<void>;
}

/**
 * The AWS endpoints that hosted functions and load tasks call over HTTP with the SDK itself: DynamoDB, S3, and
 * services that speak JSON. Who calls is in the signature's access key, and what they may do in their role's policies in the template.
 */
export async function reserveGateway(): Promise<Gateway> {
  let backends: Backends | undefined;
  const server = createServer((request, response) => {
    if (backends) void serve(request, response, backends).catch((error: Error) => refuse(request, response, error));
    else response.writeHead(503).end();
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open(opened) {
      backends = opened;
    },
    stop: () => close(server),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, backends: Backends): Promise<void> {
  const identity = callerOf(request, backends.identities);
  const body = await readBody(request);
  const target = request.headers["x-amz-target"];
  if (isForLambda(request)) {
    return serveLambda(
      request,
      body,
      backends.services?.lambda?.operations,
      (needs) => authorise(identity, needs, backends),
      response,
    );
  }
  if (typeof target === "string" && target.startsWith("DynamoDB_")) {
    const action = target.split(".")[1] ?? "";
    const input = JSON.parse(body.toString()) as { TableName?: string };
    authorise(identity, tableNeeds(action, input.TableName), backends);
    backends.admit?.(action, input);
    passOn(request, body, response, backends.tablesPort);
  } else if (typeof target === "string") {
    await serveJson(
      target,
      body,
      Object.values(backends.services ?? {}),
      (needs) => authorise(identity, needs, backends),
      response,
    );
  } else {
    serveS3(request, body, response, identity, backends);
  }
}

function serveS3(
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  identity: Identity,
  backends: Backends,
): void {
  const url = new URL(request.url ?? "/", "http://gateway");
  const [bucket = "", ...rest] = decodeURIComponent(url.pathname).slice(1).split("/");
  const key = rest.join("/");
  if (request.method === "PUT") {
    authorise(identity, s3Needs.put(bucket, key), backends);
    backends.buckets.put(bucket, key, body);
    response.writeHead(200, { etag: '"stand-in"' }).end();
  } else if (request.method === "GET" && key !== "") {
    authorise(identity, s3Needs.get(backends.buckets, bucket, key), backends);
    const object = backends.buckets.get(bucket, key);
    response.writeHead(200, { "content-type": "application/octet-stream" }).end(object);
  } else {
    throw new ServiceError(
      "NotImplemented",
      `${request.method} ${url.pathname} is not played by the stand-in's S3`,
      501,
    );
  }
}

function callerOf(request: IncomingMessage, identities: Identities): Identity {
  const accessKeyId = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const identity = identities.byAccessKey(accessKeyId);
  if (!identity) throw new ServiceError("UnrecognizedClientException", `nobody has the access key ${accessKeyId}`, 403);
  return identity;
}

function authorise(identity: Identity, needs: Needs[], { identities }: Backends): void {
  for (const { action, resource, context = {} } of needs) identities.authorise(identity, { action, resource, context });
}

function passOn(request: IncomingMessage, body: Buffer, response: ServerResponse, port: number): void {
  const headers = { ...request.headers, host: `127.0.0.1:${port}` };
  const onward = forward({ host: "127.0.0.1", port, method: "POST", path: "/", headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", (error) => refuse(request, response, error));
  onward.end(body);
}

/** Errors as the service's own protocol has them, so that the SDK on the other side understands. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: Error & { $metadata?: { httpStatusCode: number } },
): void {
  const status = error.$metadata?.httpStatusCode ?? 500;
  if (request.headers["x-amz-target"]) {
    response.writeHead(status === 403 ? 400 : status, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify({ __type: `com.amazon.coral.service#${error.name}`, message: error.message }));
  } else {
    const code = error.name === "AccessDeniedException" ? "AccessDenied" : error.name;
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${escapeXml(error.message)}</Message></Error>`,
    );
  }
}

const escapeXml = (text: string) =>
  text.replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter] ?? letter);

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export const listen = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });

export const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
