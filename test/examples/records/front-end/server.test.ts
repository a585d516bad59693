import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { frontEnd } from "../../../../examples/records/handlers/front-end/server.ts";

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  servers = [];
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** The front end before a backend that answers so, what that got, and what was logged. */
async function front(respond: RequestListener, timeoutMs = 2000) {
  const seen: Seen[] = [];
  const lines: Record<string, unknown>[] = [];
  const ended: number[] = [];
  const backend = await listening(
    createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const { method, url, headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      respond(request, response);
    }),
  );
  const url = await listening(
    frontEnd({
      backend: { url: `${backend}/prod`, timeoutMs, fetch },
      trace: () => ({ header: "Root=1-a-b;Parent=c;Sampled=0", end: (status) => void ended.push(status) }),
      log: (line) => void lines.push(line),
    }),
  );
  const json = (record: unknown) =>
    fetch(`${url}/records`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(record),
    });
  const form = (fields: Record<string, string>) =>
    fetch(`${url}/records`, { method: "POST", body: new URLSearchParams(fields) });
  return { url, seen, lines, ended, json, form };
}
const saves: RequestListener = (_request, response) => void response.writeHead(201).end('{"recordId":"r-1"}');
const says =
  (status: number, body = ""): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(body);

describe("a record", () => {
  test("goes to the API with its correlation id and its trace, and is answered with both ids", async () => {
    const { json, seen, lines, ended } = await front(saves);
    const response = await json({ user: "ada" });
    const correlationId = response.headers.get("x-correlation-id");
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ message: "Saved.", recordId: "r-1", correlationId });
    expect(seen).toMatchObject([{ method: "POST", url: "/prod/record", body: '{"user":"ada"}' }]);
    expect(seen[0]!.headers).toMatchObject({
      "x-correlation-id": correlationId,
      "x-amzn-trace-id": "Root=1-a-b;Parent=c;Sampled=0",
    });
    expect(lines).toMatchObject([{ level: "INFO", status: 201, correlation_id: correlationId, record_id: "r-1" }]);
    expect(ended).toEqual([201]);
  });

  test("that the API has accepted only is accepted here", async () => {
    const { json } = await front(says(202, '{"recordId":"r-1"}'));
    expect((await json({ user: "ada" })).status).toBe(202);
  });

  test("with a client's mistake is a 400 with the API's own words", async () => {
    const { json } = await front(says(400, '{"message":["user: too small"]}'));
    const response = await json({});
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: "user: too small" });
  });

  test.each([
    ["fails", says(500, '{"message":"Internal server error"}')],
    ["refuses", says(403)],
    ["answers nonsense", says(201, "saved")],
    ["breaks off", ((_request, response) => void response.destroy()) as RequestListener],
  ])("is a 502, and logged as an error, when the API %s", async (_what, respond) => {
    const { json, lines } = await front(respond);
    const response = await json({ user: "ada" });
    expect(response.status).toBe(502);
    expect(lines).toMatchObject([
      { level: "ERROR", status: 502, correlation_id: response.headers.get("x-correlation-id") },
    ]);
  });

  test("is a 504 when the API takes too long, be it for the body", async () => {
    const { json } = await front((_request, response) => void response.writeHead(201).write("{"), 100);
    expect((await json({ user: "ada" })).status).toBe(504);
  });

  test("that is too long for a form never reaches the API", async () => {
    const { json, seen } = await front(saves);
    expect((await json({ user: "ada", note: "n".repeat(20_000) })).status).toBe(413);
    expect(seen).toEqual([]);
  });
});

describe("the page", () => {
  test("is a form, without anything from elsewhere", async () => {
    const { url } = await front(saves);
    const response = await fetch(url);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await response.text()).toContain('<form method="post" action="/records">');
  });

  test("sends what was filled in, and tells what became of it", async () => {
    const { form, seen } = await front(saves);
    const response = await form({ user: "ada", note: "" });
    expect(response.status).toBe(201);
    expect(seen[0]!.body).toBe('{"user":"ada"}');
    expect(await response.text()).toContain("Saved. Record r-1.");
  });

  test("shows what comes from elsewhere as text", async () => {
    const { form } = await front(says(400, JSON.stringify({ message: `<script>alert("x")</script>` })));
    const text = await (await form({ user: "<b>" })).text();
    expect(text).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(text).not.toContain("<script");
  });

  test("is the only one there is", async () => {
    const { url } = await front(saves);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/records`)).status).toBe(404);
  });
});
