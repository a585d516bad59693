import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { parseJson } from "../../../../workflows/json.ts";

/** What a client sends to `POST /orders`. */
const Order = z.object({
  item: z.string().min(1).max(100),
  quantity: z.int().min(1).max(1000),
  reference: z.string().max(100).optional(),
});

export interface StoredOrder extends z.infer<typeof Order> {
  orderId: string;
  createdAt: string;
}

/** How the function hurts on purpose; all zero in normal operation. */
export interface Impairment {
  latencyMs: number;
  /** Share of the requests that are slow, 0..1. */
  latencyShare: number;
  /** Share of the requests that fail, 0..1. */
  failureRate: number;
}

/** `INJECT_LATENCY=true` means this much: felt by users, seen by no alarm at a second. */
const DEFAULT_LATENCY_MS = 250;

/**
 * Reads `INJECT_LATENCY` (milliseconds, or `true`), `INJECT_LATENCY_SHARE` (0..1, default 1) and `FAILURE_RATE` (0..1).
 * Throws on anything else: a typo that switched the impairment off unseen would spoil a drill.
 */
export function readImpairment(environment: Readonly<Record<string, string | undefined>>): Impairment {
  const latency = environment.INJECT_LATENCY || "false";
  const latencyMs = latency === "true" ? DEFAULT_LATENCY_MS : latency === "false" ? 0 : numberIn(latency);
  const impairment = {
    latencyMs,
    latencyShare: numberIn(environment.INJECT_LATENCY_SHARE || "1"),
    failureRate: numberIn(environment.FAILURE_RATE || "0"),
  };
  expectRange("INJECT_LATENCY", "`true` or milliseconds", impairment.latencyMs, 29_000, environment);
  expectRange("INJECT_LATENCY_SHARE", "a share", impairment.latencyShare, 1, environment);
  expectRange("FAILURE_RATE", "a share", impairment.failureRate, 1, environment);
  return impairment;
}

function expectRange(
  name: string,
  what: string,
  value: number,
  most: number,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  if (value >= 0 && value <= most) return;
  throw new RangeError(`Expected ${name} to be ${what} from 0 to ${most}; found "${environment[name]}".`);
}

/** `Number` takes blanks for 0. */
const numberIn = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));

export interface Outside {
  store(order: StoredOrder): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  impairment: Impairment;
}

export interface Answer {
  statusCode: number;
  body: string;
}

/** Stores one order. A client's mistake is a 400; an injected failure a 500, as if something downstream had failed. */
export async function createOrder(body: string | undefined, outside: Outside): Promise<Answer> {
  const { impairment, random } = outside;
  const parsed = Order.safeParse(parseJson(body));
  if (!parsed.success) {
    return answer(400, { message: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) });
  }
  if (impairment.latencyMs > 0 && random() < impairment.latencyShare) await sleep(impairment.latencyMs);
  if (random() < impairment.failureRate) return answer(500, { message: "the order could not be stored" });
  const order: StoredOrder = { ...parsed.data, orderId: randomUUID(), createdAt: new Date().toISOString() };
  await outside.store(order);
  return answer(200, { orderId: order.orderId });
}

const answer = (statusCode: number, body: object): Answer => ({ statusCode, body: JSON.stringify(body) });
