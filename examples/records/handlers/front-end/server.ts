import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { parseJson } from "../../../../workflows/json.ts";
import { type Backend, forward, type Outcome } from "./forward.ts";
import { PAGE_HEADERS, page } from "./page.ts";
import type { Trace } from "./trace.ts";

/** More than a form can hold. */
const MOST_BYTES = 10_000;

export interface FrontEnd {
  readonly backend: Backend;
  trace(path: string): Trace;
  /** One structured line of the log. */
  log(line: Record<string, unknown>): void;
}

/** `GET /` shows the form; `POST /records` takes what it sends, or JSON, and hands it to the API. */
export const frontEnd = (outside: FrontEnd): Server =>
  createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/" && request.method === "GET") response.writeHead(200, PAGE_HEADERS).end(page());
    else if (path === "/records" && request.method === "POST") {
      void record(request, response, outside).catch(() => response.destroy());
    } else response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
  });

async function record(request: IncomingMessage, response: ServerResponse, outside: FrontEnd): Promise<void> {
  const { backend, trace, log } = outside;
  const began = performance.now();
  const correlationId = randomUUID();
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const body = await read(request);
  if (body === undefined) {
    response.writeHead(413, { connection: "close", "x-correlation-id": correlationId }).end();
    return;
  }
  const segment = trace("/records");
  const headers = { "x-correlation-id": correlationId, "x-amzn-trace-id": segment.header };
  const outcome = await forward(isForm ? fieldsOf(body) : parseJson(body), headers, backend);
  segment.end(outcome.status);
  answer(response, outcome, correlationId, isForm);
  const latencyMs = Math.round(performance.now() - began);
  const { status, message, recordId } = outcome;
  const level = status >= 500 ? "ERROR" : "INFO";
  log({ level, message, status, latencyMs, correlation_id: correlationId, record_id: recordId });
}

function answer(response: ServerResponse, outcome: Outcome, correlationId: string, isForm: boolean): void {
  const { status, message, recordId } = outcome;
  const headers = { "x-correlation-id": correlationId, "cache-control": "no-store" };
  if (isForm) {
    const sentence = recordId === undefined ? `Not saved: ${message}` : `${message} Record ${recordId}.`;
    response.writeHead(status, { ...headers, ...PAGE_HEADERS }).end(page({ sentence, correlationId }));
  } else {
    const json = { message, correlationId, ...(recordId === undefined ? {} : { recordId }) };
    response.writeHead(status, { ...headers, "content-type": "application/json" }).end(JSON.stringify(json));
  }
}

/** A field that is left empty was not filled in. */
const fieldsOf = (body: string) =>
  Object.fromEntries([...new URLSearchParams(body)].filter(([, value]) => value !== ""));

/** Undefined for a body that is too long. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
