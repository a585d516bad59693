import { experimentMinutes, isFisFault } from "./fis.ts";
import { type RequestUsage, USUAL_REQUEST } from "./request-usage.ts";
import type { Cost } from "./result.ts";
import type { Plan } from "./state.ts";

/**
 * List prices in US dollars for us-east-1, without free tiers or discounts, from the services' public price pages.
 * They age: the estimate always shows their date.
 */
export const PRICES_OF = "2025-06, us-east-1";
const PRICES = {
  fargateArmVcpuHour: 0.03238,
  fargateArmGbHour: 0.00356,
  publicIpv4Hour: 0.005,
  stateTransition: 0.000025,
  lambdaArmGbSecond: 0.0000133334,
  lambdaRequest: 0.0000002,
  s3Put: 0.000005,
  s3Get: 0.0000004,
  xrayTrace: 0.000005,
  // Amazon DevOps Guru pricing page: the dearer of its two groups of resources.
  devOpsGuruResourceHour: 0.0042,
  // AWS FIS pricing page: per minute that an action runs.
  fisActionMinute: 0.1,
} as const;

/** One load task: what the template gives it. */
const TASK = { vcpu: 1, gb: 2 } as const;
const STEP = { gb: 0.5, secondsPerCall: 0.6 } as const;
/** Of what a request uses up, one unit. EventBridge bills events and SQS calls for each 64 KB. */
const PRICE_OF: Readonly<Record<keyof RequestUsage, number>> = {
  httpApiRequests: 0.000001,
  restApiRequests: 0.0000035,
  functionCalls: PRICES.lambdaRequest,
  functionGbSeconds: PRICES.lambdaArmGbSecond,
  events: 0.000001,
  queueRequests: 0.0000004,
  tableWrites: 0.000000625,
};
/** Targets trace every twentieth request, and have two resources or so beside their functions. */
const TARGET = { tracedShare: 0.05, resourcesBesideFunctions: 2 } as const;
const TRANSITIONS_OF_A_LOOK = 3;
const TRANSITIONS_BESIDE_LOOKS = 40;

/** What the game day would cost on AWS: an upper bound for its planned length, since load may end earlier. */
export function estimateCost(plan: Plan): Cost {
  const { durationSeconds } = plan.load;
  return costOf(plan, { taskSeconds: durationSeconds, loadSeconds: durationSeconds });
}

/**
 * What the game day has cost by a moment, by the same estimate. `startOfLoad` is absent until the load begins; tasks
 * count from the game day's start, somewhat earlier than they are paid for.
 */
export function estimateCostSoFar(
  plan: Plan,
  { now, startOfLoad }: { now: Date; startOfLoad?: Date | undefined },
): Cost {
  const since = (start: Date) => Math.max(0, (now.getTime() - start.getTime()) / 1000);
  return costOf(plan, {
    taskSeconds: since(new Date(plan.startedAt)),
    loadSeconds: startOfLoad ? Math.min(since(startOfLoad), plan.load.durationSeconds) : 0,
  });
}

interface Lasting {
  /** How long tasks run and steps look. */
  readonly taskSeconds: number;
  /** How long requests are sent. */
  readonly loadSeconds: number;
}

function costOf(plan: Plan, { taskSeconds, loadSeconds }: Lasting): Cost {
  const hours = taskSeconds / 3600;
  const requests = plan.load.rate * loadSeconds;
  const looks = taskSeconds / plan.watchSeconds;
  const transitions = TRANSITIONS_BESIDE_LOOKS + TRANSITIONS_OF_A_LOOK * looks;
  const blocks = (loadSeconds / 5) * plan.load.shards;
  const task = TASK.vcpu * PRICES.fargateArmVcpuHour + TASK.gb * PRICES.fargateArmGbHour + PRICES.publicIpv4Hour;
  const target = priceOf(plan.target.perRequest ?? USUAL_REQUEST) + TARGET.tracedShare * PRICES.xrayTrace;
  const items = [
    {
      what: `load: ${plan.load.shards} Fargate task(s) for ${hours.toFixed(2)} h`,
      usd: hours * plan.load.shards * task,
    },
    { what: `target: about ${Math.round(requests)} requests`, usd: requests * target },
    { what: `Step Functions: about ${Math.round(transitions)} transitions`, usd: transitions * PRICES.stateTransition },
    {
      what: `steps: about ${Math.round(looks + 20)} calls`,
      usd: (looks + 20) * (PRICES.lambdaRequest + STEP.gb * STEP.secondsPerCall * PRICES.lambdaArmGbSecond),
    },
    // The verdict reads every block once more; looks read the newest only.
    { what: `results: ${Math.round(blocks)} blocks in S3`, usd: blocks * (PRICES.s3Put + 3 * PRICES.s3Get) },
  ];
  const surges = plan.faults.flatMap(({ surge }) => surge ?? []);
  if (surges.length > 0) {
    // As if each had begun with the load and kept its highest rate.
    const seconds = surges.reduce((sum, surge) => sum + Math.min(surge.durationSeconds, loadSeconds), 0);
    const more = surges.reduce((sum, surge) => sum + surge.rate * Math.min(surge.durationSeconds, loadSeconds), 0);
    items.push({
      what: `surge: a Fargate task for ${(seconds / 3600).toFixed(2)} h, at most ${Math.round(more)} requests`,
      usd: (seconds / 3600) * task + more * target,
    });
  }
  const experiments = plan.faults.filter(({ spec }) => isFisFault(spec));
  if (experiments.length > 0) {
    // As if nobody stopped one before it ends by itself, and as if it had begun with the load.
    const most = experiments.reduce((sum, fault) => sum + experimentMinutes(fault.durationSeconds), 0);
    const minutes = Math.min(most, loadSeconds / 60);
    items.push({ what: `FIS: at most ${Math.ceil(minutes)} action-minutes`, usd: minutes * PRICES.fisActionMinute });
  }
  if (plan.faults.some(({ expect }) => expect.some(({ detector }) => detector === "devops-guru"))) {
    const resources = Object.keys(plan.target.functions).length + TARGET.resourcesBesideFunctions;
    items.push({
      what: `DevOps Guru: about ${resources} resources for ${hours.toFixed(2)} h`,
      usd: resources * hours * PRICES.devOpsGuruResourceHour,
    });
  }
  return { estimatedUsd: items.reduce((sum, item) => sum + item.usd, 0), pricesOf: PRICES_OF, items };
}

/** US dollars for one request. */
function priceOf(usage: RequestUsage): number {
  const billed = Object.keys(PRICE_OF) as (keyof RequestUsage)[];
  return billed.reduce((sum, what) => sum + (usage[what] ?? 0) * PRICE_OF[what], 0);
}
