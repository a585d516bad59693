import { Metrics } from "../../stand-in/aws/cloudwatch/metrics.ts";
import { Buckets } from "../../stand-in/aws/s3/operations.ts";
import { createServices, type Hosting, type Services } from "../../stand-in/aws/services.ts";
import { createIdentities } from "../../stand-in/iam/identities.ts";
import type { Graph } from "../../stand-in/templates/cfn/graph.ts";

/** The services of a region that has nothing behind them: no code, no items, no load. */
export const servicesOf = (graph: Graph, hosting: Partial<Hosting> = {}): Services =>
  createServices({
    graph,
    assembly: { stacks: [], files: new Map(), images: new Map() },
    salt: "salt",
    identities: createIdentities(graph),
    metrics: new Metrics(Date.now),
    buckets: new Buckets(graph.ofType("AWS::S3::Bucket").map(({ name }) => name)),
    items: {},
    executions: new Map(),
    pace: { updateMs: 0, experimentMs: 0 },
    takeEffect: async () => {},
    invoke: async () => ({ result: null }),
    startTask: () => {
      throw new Error("no task is started in this test");
    },
    put: () => {},
    fateOf: () => ({ afterMs: 0 }),
    ...hosting,
  });
