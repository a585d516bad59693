import type { Random } from "./random.ts";

/** What simulated game days are about. */
export const TARGETS = ["orders", "notifications-flow-control", "orders-releases", "orders-ephemeral"] as const;
export type TargetName = (typeof TARGETS)[number];

/** The function behind each target's API: what its load sees. */
export const FRONT: Readonly<Record<TargetName, string>> = {
  orders: "create-order",
  "notifications-flow-control": "notify",
  "orders-releases": "create-order",
  "orders-ephemeral": "create-order",
};

/** Whose stack is brought up for each game day. Nobody else has to do with it. */
export const isEphemeral = (target: TargetName): boolean => target === "orders-ephemeral";

/** `shows`: whether the load sees it. Others may be noticed by somebody else, or by nobody. */
interface DrawnFault {
  readonly name: string;
  readonly kind: string;
  readonly shows?: boolean;
  readonly [field: string]: unknown;
}

/** What any function at a target's front can suffer. */
const atFront = (front: string): DrawnFault[] => [
  { name: "slow", kind: "lambda-env", function: front, set: { INJECT_LATENCY: "250" }, shows: true },
  {
    name: "failing",
    kind: "lambda-env",
    function: front,
    shows: true,
    set: { FAILURE_RATE: "0.5", INJECT_LATENCY: "1" },
  },
  { name: "outage", kind: "lambda-outage", function: front, shows: true },
  { name: "throttled", kind: "lambda-throttle", function: front, concurrency: 1 },
  { name: "delayed", kind: "fis-lambda-delay", function: front, percentage: 60, delayMs: 250, shows: true },
  { name: "failed", kind: "fis-lambda-error", function: front, percentage: 50, shows: true },
  {
    name: "refused",
    kind: "fis-lambda-http-response",
    function: front,
    shows: true,
    percentage: 50,
    statusCode: 503,
  },
  { name: "rush", kind: "surge", stages: [{ rate: 20, over: "40s" }] },
  { name: "nothing", kind: "none", shows: false },
];

const ALL_FUNCTIONS = ["notify", "deliver", "slow-api"];

/** What is hurt beside functions, and several functions at once. */
const OF_NOTIFICATIONS: readonly DrawnFault[] = [
  { name: "all-slow", kind: "lambda-env", function: ALL_FUNCTIONS, set: { INJECT_LATENCY: "250" }, shows: true },
  { name: "all-out", kind: "lambda-outage", function: ALL_FUNCTIONS, shows: true },
  { name: "undelivered", kind: "event-source-off", eventSource: "deliveries" },
  { name: "unsent", kind: "queue-impairment", queue: "deliveries" },
  { name: "stuck", kind: "queue-impairment", queue: "deliveries", deny: ["send", "receive"] },
  { name: "unheard", kind: "rule-off", rule: "to-delivery" },
  { name: "squeezed", kind: "api-throttle", usagePlan: "slow-api", rate: 2, burst: 1 },
];

const ALIAS = { alias: "live" } as const;
/** What is published beside the version that serves: one that drills deploy, and one that people take. */
export const PUBLISHED = { byDrills: "2", byPeople: "3" } as const;

/** Behind an alias, what becomes of the function's own configuration shows only when the alias is moved to it. */
const OF_RELEASES: readonly DrawnFault[] = [
  { name: "bad-release", kind: "lambda-version", ...ALIAS, version: "$LATEST" },
  {
    name: "unseen",
    kind: "lambda-env",
    function: FRONT["orders-releases"],
    set: { FAILURE_RATE: "0.5" },
    shows: false,
  },
  { name: "outage", kind: "lambda-outage", function: FRONT["orders-releases"], shows: true },
];

const OF_ORDERS: readonly DrawnFault[] = [
  ...atFront(FRONT.orders),
  { name: "full", kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2, shows: true },
  { name: "full-both", kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 3, maxReadUnits: 2, shows: true },
];

const FAULTS: Readonly<Record<TargetName, readonly DrawnFault[]>> = {
  orders: OF_ORDERS,
  "orders-ephemeral": OF_ORDERS,
  // Twice as likely: fewer game days are about it, and these faults are nowhere else.
  "notifications-flow-control": [
    ...atFront(FRONT["notifications-flow-control"]),
    ...[...OF_NOTIFICATIONS, ...OF_NOTIFICATIONS],
  ],
  "orders-releases": OF_RELEASES,
};

const LOAD = {
  orders: { method: "POST", path: "/orders", body: { item: "notebook" } },
  "notifications-flow-control": { method: "POST", path: "/notifications", body: { order: "1" } },
  "orders-releases": { method: "POST", path: "/orders", body: { item: "notebook" } },
  "orders-ephemeral": { method: "POST", path: "/orders", body: { item: "notebook" } },
} as const;

/** Beside the load's own comparison, in some drills: who else is listened to. */
const LISTENERS = [
  { detector: "devops-guru" },
  { detector: "notification" },
  { detector: "events", pattern: { source: ["aws.cloudwatch"], detail: { state: { value: ["ALARM"] } } } },
  { detector: "self-healing" },
] as const;

function deploymentsTo(target: TargetName): object[] {
  if (isEphemeral(target)) return [{ kind: "stack" }];
  const release = { kind: "configuration", function: FRONT[target] };
  const hurts = { ...release, set: { RELEASE: "42", INJECT_LATENCY: "250" } };
  return target === "orders-releases"
    ? [{ kind: "none" }, hurts, { kind: "version", ...ALIAS, version: PUBLISHED.byDrills }]
    : [
        { kind: "none" },
        { ...release, set: { RELEASE: "42" } },
        { ...release, set: { RELEASE: "42", INJECT_LATENCY: "0" } },
      ];
}

/** Short enough to be quick, long enough for every phase to have several looks. */
export function drawDrill(random: Random, target: TargetName, leastFaults: number): object {
  const count = Math.max(leastFaults, random.pick([1, 1, 1, 2, 3]));
  const listeners = LISTENERS.filter(() => random.chance(0.2)).map((listener) => ({ ...listener, outcome: "any" }));
  return {
    name: "simulated",
    title: "A simulated game day",
    hypothesis: "Whatever goes wrong in it, nothing is left behind.",
    target,
    deploy: random.pick(deploymentsTo(target)),
    load: { rate: 8, request: LOAD[target], timeout: "2s" },
    warmUp: "10s",
    baseline: "60s",
    faults: Array.from({ length: count }, (_, index) => {
      const { shows, ...fault } = random.pick(FAULTS[target]);
      return {
        ...fault,
        name: `${fault.name}-${index}`,
        duration: "40s",
        expect: [
          { detector: "load-comparison", outcome: shows === undefined ? "any" : shows ? "detected" : "not-detected" },
          { detector: "cloudwatch-alarms", outcome: "any" },
          ...listeners,
        ],
      };
    }),
    recovery: { within: "40s", margin: 0.5 },
    ...(random.chance(0.25) ? { guard: { errorRate: { above: 0.4, for: "10s" }, alarms: "any" } } : {}),
    comparison: { block: "10s" },
    rehearsal: { rate: 8, warmUp: "5s", baseline: "20s", fault: "20s", recovery: "20s" },
  };
}
