import { createSocket, type Socket } from "node:dgram";
import { afterAll, expect, test } from "vitest";
import { tracer } from "../../../../examples/records/handlers/front-end/trace.ts";

const daemon: Socket = createSocket("udp4");
afterAll(() => daemon.close());

test("a sampled request is a segment with the call in it, whose trace the header carries on", async () => {
  await new Promise<void>((resolve) => daemon.bind(0, "127.0.0.1", resolve));
  const told = new Promise<string>((resolve) => daemon.once("message", (message) => resolve(message.toString())));
  const trace = tracer(`127.0.0.1:${daemon.address().port}`, () => 0)("/records");
  trace.end(502);
  const [header, document] = (await told).split("\n");
  expect(JSON.parse(header!)).toEqual({ format: "json", version: 1 });
  const segment = JSON.parse(document!);
  expect(segment).toMatchObject({ name: "records-front-end", fault: true, http: { response: { status: 502 } } });
  expect(segment.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(trace.header).toBe(`Root=${segment.trace_id};Parent=${segment.subsegments[0].id};Sampled=1`);
});

test("without a daemon, or not sampled, a request is told to nobody and says so to the next", () => {
  expect(tracer(undefined, () => 0)("/records").header).toMatch(/;Sampled=0$/);
  expect(tracer("127.0.0.1:9", () => 0.5)("/records").header).toMatch(/;Sampled=0$/);
});
