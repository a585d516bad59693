import { describe, expect, test } from "vitest";
import {
  createOrder,
  type Impairment,
  readImpairment,
  type StoredOrder,
} from "../../../examples/orders/handlers/create-order/create-order.ts";

const NONE: Impairment = { latencyMs: 0, latencyShare: 1, failureRate: 0 };
const ORDER = '{"item":"notebook","quantity":1}';

/** Orders, and what was stored. */
function shop(impairment: Partial<Impairment> = {}, random: () => number = Math.random) {
  const stored: StoredOrder[] = [];
  const order = (body: string | undefined = ORDER) =>
    createOrder(body, {
      impairment: { ...NONE, ...impairment },
      random,
      store: async (each) => void stored.push(each),
    });
  return { stored, order };
}

async function statuses(count: number, order: () => ReturnType<typeof createOrder>) {
  const answers = await Promise.all(Array.from({ length: count }, order));
  return answers.map(({ statusCode }) => statusCode);
}

describe("an order", () => {
  test("is stored once, and answered with its id", async () => {
    const { stored, order } = shop();
    const { statusCode, body } = await order('{"item":"pen","quantity":2,"reference":"r"}');
    expect(statusCode).toBe(200);
    expect(stored).toMatchObject([{ item: "pen", quantity: 2, reference: "r", orderId: JSON.parse(body).orderId }]);
  });

  test.each([
    ["no body", ""],
    ["no JSON", "item=pen"],
    ["a list", "[]"],
    ["no item", '{"quantity":1}'],
    ["none of it", '{"item":"pen","quantity":0}'],
    ["half of it", '{"item":"pen","quantity":0.5}'],
  ])("with a client's mistake is a 400 that says which, and nothing is stored: %s", async (_what, body) => {
    const { stored, order } = shop({ failureRate: 1, latencyMs: 10_000 });
    const answer = await order(body);
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body).message).toEqual([expect.stringMatching(/\S/)]);
    expect(stored).toEqual([]);
  });

  test("that cannot be stored is an error", async () => {
    const failing = createOrder(ORDER, {
      impairment: NONE,
      random: Math.random,
      store: () => Promise.reject(new Error("no table")),
    });
    await expect(failing).rejects.toThrow("no table");
  });
});

describe("an injected failure", () => {
  test("rate 0: never", async () => {
    expect(new Set(await statuses(200, shop({ failureRate: 0 }).order))).toEqual(new Set([200]));
  });

  test("rate 1: always, and nothing is stored", async () => {
    const { stored, order } = shop({ failureRate: 1 });
    expect(new Set(await statuses(200, order))).toEqual(new Set([500]));
    expect(stored).toEqual([]);
  });

  test("rate 0.3: the lower three tenths of chance", async () => {
    let drawn = 0;
    const { order } = shop({ failureRate: 0.3 }, () => (drawn++ % 10) / 10);
    const found = await statuses(100, order);
    expect(found.filter((status) => status === 500)).toHaveLength(30);
  });
});

describe("injected latency", () => {
  async function msOf(order: () => Promise<unknown>) {
    const began = performance.now();
    await order();
    return performance.now() - began;
  }

  test("makes every order take that much longer", async () => {
    expect(await msOf(shop({ latencyMs: 40 }).order)).toBeGreaterThanOrEqual(39);
  });

  test("hits its share of the orders only", async () => {
    const slow = shop({ latencyMs: 5_000, latencyShare: 0.5 }, () => 0.5);
    expect(await msOf(slow.order)).toBeLessThan(1_000);
    const hit = shop({ latencyMs: 40, latencyShare: 0.5 }, () => 0.49);
    expect(await msOf(hit.order)).toBeGreaterThanOrEqual(39);
  });
});

describe("the variables that impair it", () => {
  test.each<[string | undefined, number]>([
    [undefined, 0],
    ["", 0],
    ["false", 0],
    ["0", 0],
    ["true", 250],
    ["1000", 1000],
  ])("INJECT_LATENCY=%s is %d ms", (INJECT_LATENCY, latencyMs) => {
    expect(readImpairment({ INJECT_LATENCY })).toEqual({ ...NONE, latencyMs });
  });

  test("an empty variable is one that is not there", () => {
    expect(readImpairment({ INJECT_LATENCY: "", INJECT_LATENCY_SHARE: "", FAILURE_RATE: "" })).toEqual(NONE);
  });

  test("share and rate are read as they are", () => {
    expect(readImpairment({ INJECT_LATENCY: "5", INJECT_LATENCY_SHARE: "0.33", FAILURE_RATE: "0.1" })).toEqual({
      latencyMs: 5,
      latencyShare: 0.33,
      failureRate: 0.1,
    });
  });

  test.each([
    { INJECT_LATENCY: "yes" },
    { INJECT_LATENCY: " " },
    { INJECT_LATENCY: "-5" },
    { INJECT_LATENCY: "30000" },
    { INJECT_LATENCY: "Infinity" },
    { INJECT_LATENCY_SHARE: "33%" },
    { INJECT_LATENCY_SHARE: "1.5" },
    { FAILURE_RATE: "often" },
    { FAILURE_RATE: "2" },
    { FAILURE_RATE: "-0.1" },
  ])("a typo does not switch it off unseen: %o", (environment) => {
    expect(() => readImpairment(environment)).toThrow();
  });
});
