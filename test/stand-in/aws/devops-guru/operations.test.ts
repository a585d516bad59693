import {
  GetResourceCollectionCommand,
  ListAnomaliesForInsightCommand,
  SearchInsightsCommand,
} from "@aws-sdk/client-devops-guru";
import { describe, expect, test } from "vitest";
import type { Clients } from "../../../../functions/runtime/clients.ts";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { createDevOpsGuru } from "../../../../stand-in/aws/devops-guru/operations.ts";
import type { Graph, Resource } from "../../../../stand-in/templates/cfn/graph.ts";
import { clientFor } from "../../../functions/runtime-for.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");

const resource = (type: string, name: string, properties: object = {}) =>
  ({ type, name, stack: "Shop", properties }) as unknown as Resource;
const API = resource("AWS::ApiGatewayV2::Api", "shop-api");
const COLLECTION = resource("AWS::DevOpsGuru::ResourceCollection", "analysed", {
  ResourceCollectionFilter: { CloudFormation: { StackNames: ["Shop"] } },
});

/** A system of one API, analysed or not, and the client that asks about it. */
function shop(resources: readonly Resource[] = [API, COLLECTION]) {
  let now = NINE;
  const metrics = new Metrics(() => now);
  const graph = { ofType: (type: string) => resources.filter((one) => one.type === type) } as unknown as Graph;
  const client = clientFor<Clients["devopsguru"]>(createDevOpsGuru({ graph, metrics, now: () => now }));
  const lasts = (seconds: number, latency: number, failing = 0) => {
    for (let second = 0; second < seconds; second++) {
      metrics.add("AWS/ApiGateway", "Latency", { ApiId: "shop-api" }, latency);
      metrics.add("AWS/ApiGateway", "5xx", { ApiId: "shop-api" }, failing);
      now += 1000;
    }
  };
  const search = (stack = "Shop") =>
    client.send(
      new SearchInsightsCommand({
        Type: "REACTIVE",
        StartTimeRange: { FromTime: new Date(NINE), ToTime: new Date(now) },
        Filters: { ResourceCollection: { CloudFormation: { StackNames: [stack] } } },
      }),
    );
  return { client, lasts, search };
}

describe("an insight", () => {
  test("is opened after three unusual pieces, dated back to the first, and closed when it is normal again", async () => {
    const { lasts, search, client } = shop();
    lasts(40, 20);
    lasts(10, 60);
    expect((await search()).ReactiveInsights).toEqual([]);
    lasts(5, 60);
    const [open] = (await search()).ReactiveInsights!;
    expect(open).toMatchObject({ Status: "ONGOING", InsightTimeRange: { StartTime: new Date(NINE + 40_000) } });
    lasts(15, 20);
    const [closed] = (await search()).ReactiveInsights!;
    expect(closed).toMatchObject({ Id: open!.Id, InsightTimeRange: { EndTime: new Date(NINE + 55_000) } });
    expect(await client.send(new ListAnomaliesForInsightCommand({ InsightId: open!.Id }))).toMatchObject({
      ReactiveAnomalies: [{ SourceDetails: { CloudWatchMetrics: [{ MetricName: "Latency" }] } }],
    });
  });

  test("is opened for errors too, and says nothing of another stack", async () => {
    const { lasts, search } = shop();
    lasts(40, 20);
    lasts(20, 20, 1);
    expect((await search()).ReactiveInsights).toMatchObject([{ Severity: "HIGH" }]);
    expect((await search("Billing")).ReactiveInsights).toEqual([]);
  });

  test("is not opened without a past, nor for a restless one", async () => {
    const { lasts, search } = shop();
    lasts(15, 60);
    for (let time = 0; time < 6; time++) lasts(5, time % 2 === 0 ? 55 : 70);
    expect((await search()).ReactiveInsights).toEqual([]);
  });
});

test("a system that is not in the collection has no insights, and there may be no collection at all", async () => {
  const { lasts, search, client } = shop([API]);
  lasts(40, 20);
  lasts(40, 90);
  expect((await search()).ReactiveInsights).toEqual([]);
  await expect(
    client.send(new GetResourceCollectionCommand({ ResourceCollectionType: "AWS_CLOUD_FORMATION" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});
