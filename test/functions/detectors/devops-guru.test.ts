import { beforeEach, describe, expect, test } from "vitest";
import { devOpsGuru } from "../../../functions/detectors/devops-guru.ts";
import type { FaultWindow } from "../../../functions/detectors/fault-window.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { ServiceError } from "../../../stand-in/aws/operation.ts";
import { samplePlan, target } from "../../workflows/sample.ts";
import { runtimeFor } from "../runtime-for.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const window: FaultWindow = {
  plan: samplePlan({ target: { ...target, stack: "Shop" } }),
  fault: samplePlan().faults[0]!,
  baseline: [],
  baselineFrom: NINE,
  inEffectAt: NINE + 600_000,
  faultUntil: NINE + 900_000,
  listenUntil: NINE + 1_000_000,
  over: true,
};

const INSIGHT = { Id: "one", Name: "5xx is unusual", Severity: "HIGH", ResourceCollection: undefined };
const RANGE = { StartTime: new Date(NINE + 660_000), EndTime: new Date(NINE + 950_000) };
const METRIC = {
  Namespace: "AWS/Lambda",
  MetricName: "Errors",
  Dimensions: [{ Name: "FunctionName", Value: Object.values(target.functions)[0] }],
};

/** What DevOps Guru answers by operation. */
type Answers = Record<string, (input: { NextToken?: string }) => unknown>;
let answers: Answers;
beforeEach(() => {
  answers = {
    GetResourceCollection: ({ NextToken }) =>
      NextToken === undefined
        ? { ResourceCollection: { CloudFormation: { StackNames: ["Billing"] } }, NextToken: "more" }
        : { ResourceCollection: { CloudFormation: { StackNames: ["Shop"] } } },
    SearchInsights: ({ NextToken }) =>
      NextToken === undefined ? { ReactiveInsights: [], NextToken: "more" } : { ReactiveInsights: [INSIGHT] },
    DescribeInsight: () => ({ ReactiveInsight: { ...INSIGHT, InsightTimeRange: RANGE } }),
    ListAnomaliesForInsight: () => ({ ReactiveAnomalies: [{ SourceDetails: { CloudWatchMetrics: [METRIC] } }] }),
    ListRecommendations: () => ({ Recommendations: [{}, {}] }),
  };
});

function ask(changed: Partial<FaultWindow> = {}) {
  const { runtime, clock } = world;
  const client = {
    send: async (command: { input: { NextToken?: string } }) =>
      answers[command.constructor.name.replace(/Command$/, "")]!(command.input),
  } as unknown as Clients["devopsguru"];
  const clients = { ...runtime.clients, devopsguru: client };
  return { finding: devOpsGuru({ ...window, ...changed }, { ...runtime, clients }, {}), clock };
}

let world: ReturnType<typeof runtimeFor>;
beforeEach(() => {
  world = runtimeFor({ documents: {} as never });
});

describe("DevOps Guru", () => {
  test("has noticed from the look that saw the insight first, whoever looks later", async () => {
    world.clock.time = new Date(NINE + 700_000);
    await expect(ask().finding).resolves.toEqual({
      outcome: "detected",
      detectedAt: NINE + 700_000,
      detail:
        "high insight “5xx is unusual”, unusual since 09:11:00, in AWS/Lambda Errors, closed 09:15:50, 2 recommendations",
    });
    world.clock.time = new Date(NINE + 1_000_000);
    await expect(ask().finding).resolves.toMatchObject({ detectedAt: NINE + 700_000 });
  });

  test("has not noticed when it has nothing to say", async () => {
    answers.SearchInsights = () => ({});
    await expect(ask().finding).resolves.toMatchObject({ outcome: "not-detected" });
  });
});

describe("cannot tell, without harm to the game day, when DevOps Guru", () => {
  const blind = (detail: string) => ({ outcome: "could-not-tell", detail: expect.stringContaining(detail) });
  const failing =
    (name: string, status = 400) =>
    () => {
      throw new ServiceError(name, "said so", status);
    };

  test("does not analyse the target's stack", async () => {
    answers.GetResourceCollection = () => ({ ResourceCollection: { CloudFormation: { StackNames: ["Billing"] } } });
    await expect(ask().finding).resolves.toEqual(blind("does not analyse stack Shop"));
  });

  test("is switched off", async () => {
    answers.GetResourceCollection = failing("ResourceNotFoundException", 404);
    await expect(ask().finding).resolves.toEqual(blind("add it to its resource collection"));
  });

  test.each([
    ["is busy", "ThrottlingException", 429],
    ["is broken", "InternalServerException", 500],
    ["may not be asked", "AccessDeniedException", 403],
  ])("%s", async (_, name, status) => {
    answers.SearchInsights = failing(name, status);
    await expect(ask().finding).resolves.toEqual(blind(`did not answer: ${name}: said so`));
  });

  test("is asked about a target that does not say which stack it is", async () => {
    await expect(ask({ plan: samplePlan() }).finding).resolves.toEqual(blind("does not say which stack"));
  });
});

test("a mistake of ours is not taken for its silence", async () => {
  answers.SearchInsights = () => {
    throw new TypeError("a mistake");
  };
  await expect(ask().finding).rejects.toThrow("a mistake");
});
