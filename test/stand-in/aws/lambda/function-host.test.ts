import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { Launch } from "../../../../stand-in/aws/lambda/execution-environment.ts";
import { FunctionHost } from "../../../../stand-in/aws/lambda/function-host.ts";
import { folderOfModules } from "./bundles.ts";

const modules = folderOfModules();
afterAll(() => modules.remove());

let hosts: FunctionHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  hosts = [];
});

const launch = (text: string, more: Partial<Launch> = {}): Launch => ({
  module: modules.url(text),
  exportName: "handler",
  variables: {},
  timeoutMs: 10_000,
  onOutput: () => {},
  ...more,
});
function hostOf(text: string, more: Partial<Launch> = {}): FunctionHost {
  const host = new FunctionHost(launch(text, more));
  hosts.push(host);
  return host;
}

const ECHO =
  "export const handler = async (event, context) => ({ event, id: context.awsRequestId, env: process.env });";

describe("a hosted function", () => {
  test("is given the event and its request's id, and answers", async () => {
    const answer = await hostOf(ECHO).invoke({ a: [1, "ä"] });
    expect(answer).toMatchObject({ result: { event: { a: [1, "ä"] }, id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  });

  test("sees its own environment and nothing of this process", async () => {
    const { result } = (await hostOf(ECHO, { variables: { TABLE_NAME: "orders" } }).invoke({})) as {
      result: { env: object };
    };
    expect(result.env).toEqual({ TABLE_NAME: "orders" });
  });

  test("that throws is an error with its name, and goes on serving", async () => {
    const host = hostOf(`
      class NotReady extends Error { name = "NotReady" }
      export const handler = async (event) => { if (event.bad) throw new NotReady("not yet"); return "fine"; };`);
    expect(await host.invoke({ bad: true })).toEqual({ error: { errorType: "NotReady", errorMessage: "not yet" } });
    expect(await host.invoke({})).toEqual({ result: "fine" });
  });

  test("that returns nothing answers null", async () => {
    expect(await hostOf("export const handler = async () => {};").invoke({})).toEqual({ result: null });
  });

  test("that is stopped while invocations wait begins no further environment", async () => {
    const began: string[] = [];
    const host = hostOf('console.log("began"); export const handler = () => new Promise(() => {});', {
      onOutput: (line) => began.push(line),
    });
    for (let each = 0; each < 12; each++) void host.invoke({});
    while (began.length === 0) await sleep(5);
    await host.stop();
    const before = began.length;
    await sleep(1000);
    // Two may have been loading.
    expect(began.length).toBeLessThanOrEqual(before + 2);
  });

  test("that is stopped while it is at work answers with an error, long before its time-out", async () => {
    const lines: string[] = [];
    const host = hostOf('export const handler = () => { console.log("at work"); return new Promise(() => {}); };', {
      timeoutMs: 60_000,
      onOutput: (line) => lines.push(line),
    });
    const answer = host.invoke({});
    while (lines.length === 0) await sleep(5);
    await host.stop();
    expect(await answer).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
  });

  test("writes its lines where they are wanted", async () => {
    const lines: string[] = [];
    const host = hostOf('export const handler = async () => { console.log("hello"); console.error("oh"); };', {
      onOutput: (line) => lines.push(line),
    });
    await host.invoke({});
    while (lines.length < 2) await sleep(5);
    expect(lines.sort()).toEqual(["hello", "oh"]);
  });
});

describe("several events at once", () => {
  const BUSY = `
    import { threadId } from "node:worker_threads";
    import { setTimeout as sleep } from "node:timers/promises";
    let running = 0;
    export const handler = async ({ ms }) => {
      running++;
      const together = running;
      await sleep(ms);
      running--;
      return { together, threadId };
    };`;
  const results = async (host: FunctionHost, count: number, ms: number) =>
    (await Promise.all(Array.from({ length: count }, () => host.invoke({ ms })))).map(
      (answer) => (answer as { result: { together: number; threadId: number } }).result,
    );

  test("each have an environment of their own: one takes one event at a time", async () => {
    const found = await results(hostOf(BUSY), 6, 60);
    expect(found.map(({ together }) => together)).toEqual(Array(6).fill(1));
    expect(new Set(found.map(({ threadId }) => threadId)).size).toBeGreaterThan(1);
  });

  test("one after the other use the same environment again", async () => {
    const host = hostOf(BUSY);
    const threads = new Set<number>();
    for (let event = 0; event < 5; event++) threads.add((await results(host, 1, 0))[0]!.threadId);
    expect(threads.size).toBe(1);
  });

  test("many at once share a few threads, but nothing else", async () => {
    const found = await results(hostOf(BUSY), 120, 300);
    expect(found.map(({ together }) => together)).toEqual(Array(120).fill(1));
    expect(new Set(found.map(({ threadId }) => threadId)).size).toBeLessThanOrEqual(8);
  });

  test("are not lost with one that takes too long in their thread", async () => {
    const host = hostOf(
      `import { setTimeout as sleep } from "node:timers/promises";
       export const handler = async ({ ms }) => { await sleep(ms); return ms; };`,
      { timeoutMs: 500 },
    );
    const waits = Array.from({ length: 24 }, (_, index) => (index === 12 ? 5000 : 300));
    const answers = await Promise.all(waits.map((ms) => host.invoke({ ms })));
    const late = answers.flatMap((answer, index) => ("error" in answer ? [index] : []));
    expect(late).toEqual([12]);
    expect(await host.invoke({ ms: 0 })).toEqual({ result: 0 });
  });
});

describe("a function that takes too long", () => {
  test.each([
    ["waits for ever", "await new Promise(() => {})"],
    ["never lets go of its thread", "for (;;);"],
  ])("%s: it is stopped at its time-out, and the next event is answered", async (_what, wait) => {
    const host = hostOf(`export const handler = async (event) => { if (event.slow) { ${wait} } return "fine"; };`, {
      timeoutMs: 300,
    });
    await host.warmUp();
    expect(await host.invoke({ slow: true })).toEqual({
      error: { errorType: "Sandbox.Timedout", errorMessage: "Task timed out after 0.30 seconds" },
    });
    expect(await host.invoke({})).toEqual({ result: "fine" });
  });
});

describe("a function that ends its process", () => {
  test("while it is at work is an error, and the next event is answered", async () => {
    const host = hostOf(`export const handler = async (event) => { if (event.exit) process.exit(1); return "fine"; };`);
    expect(await host.invoke({ exit: true })).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    expect(await host.invoke({})).toEqual({ result: "fine" });
  });

  test("after its answer costs the next event at most an error, never its time-out", async () => {
    const host = hostOf(`export const handler = async () => { setImmediate(() => process.exit(1)); return "fine"; };`, {
      timeoutMs: 5_000,
    });
    for (let event = 0; event < 4; event++) {
      const answer = await host.invoke({});
      // Whether it has ended by the next event or not: both are right.
      await sleep(20);
      expect(JSON.stringify(answer)).toMatch(/fine|Runtime\.ExitError/);
    }
  }, 4_000);
});

describe("a bundle that cannot be loaded", () => {
  test.each([
    ["throws", 'throw new Error("Expected the environment variable TABLE_NAME");', "Expected the environment variable"],
    ["is not JavaScript", "export const handler = ;", "Unexpected token"],
    ["has no handler", "export const other = 1;", "exports no function handler"],
    [
      "wants what is not there",
      'import "nowhere-to-be-found"; export const handler = () => {};',
      "nowhere-to-be-found",
    ],
  ])("%s: every event gets its own error", async (_what, text, message) => {
    const host = hostOf(text);
    const answers = await Promise.all(Array.from({ length: 5 }, () => host.invoke({})));
    for (const answer of answers) {
      expect(answer).toMatchObject({ error: { errorMessage: expect.stringContaining(message) } });
    }
  });

  test("shows when it is warmed up", async () => {
    const host = hostOf('throw new Error("Expected the environment variable TABLE_NAME");');
    expect(await host.warmUp()).toEqual({
      errorType: "Error",
      errorMessage: "Expected the environment variable TABLE_NAME",
    });
    expect(await hostOf(ECHO).warmUp()).toBeUndefined();
  });
});

describe("a new configuration", () => {
  const RELEASE = "export const handler = async () => process.env.RELEASE;";

  test("serves from then on when it is loaded, the old one until then", async () => {
    const host = hostOf(RELEASE, { variables: { RELEASE: "old" } });
    expect(await host.invoke({})).toEqual({ result: "old" });
    const slow = launch(`import { setTimeout as sleep } from "node:timers/promises"; await sleep(150); ${RELEASE}`, {
      variables: { RELEASE: "new" },
    });
    let replaced = false;
    const replacing = host.replace(slow).then(() => {
      replaced = true;
    });
    while (!replaced) {
      const { result } = (await host.invoke({})) as { result: string };
      if (!replaced) expect(result).toBe("old");
      await sleep(10);
    }
    await replacing;
    expect(await host.invoke({})).toEqual({ result: "new" });
  });

  test("an event that the old one is at work on is answered by it", async () => {
    const waiting = `
      import { setTimeout as sleep } from "node:timers/promises";
      export const handler = async ({ ms }) => { await sleep(ms); return process.env.RELEASE; };`;
    const host = hostOf(waiting, { variables: { RELEASE: "old" } });
    await host.warmUp();
    const slow = host.invoke({ ms: 400 });
    await host.replace(launch(waiting, { variables: { RELEASE: "new" } }));
    expect(await host.invoke({ ms: 0 })).toEqual({ result: "new" });
    expect(await slow).toEqual({ result: "old" });
  });

  test("that cannot be loaded takes over all the same, as on AWS: every event is an error then", async () => {
    const host = hostOf(RELEASE, { variables: { RELEASE: "old" } });
    await host.replace(launch('throw new Error("broken release");'));
    expect(await host.invoke({})).toMatchObject({ error: { errorMessage: "broken release" } });
  });
});
