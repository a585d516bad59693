import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { Clients } from "../../functions/runtime/clients.ts";
import type { Block } from "../../loadgen/blocks.ts";
import { addToSketch } from "../../loadgen/sketch.ts";
import { createMemoryTables } from "../../stand-in/aws/dynamodb/memory-tables.ts";
import { blockKey, loadStartKey } from "../../workflows/names.ts";
import { graphOf } from "../stand-in/templates.ts";
import { runtimeFor } from "./runtime-for.ts";

const table = (TableName: string, keys: string[]) => ({
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName,
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
  },
});

/** A game day under way: load that a test writes, alarms whose states it sets, and a clock. */
export function guardedDay(gameDay: string) {
  const { operations: service } = createMemoryTables(
    graphOf({ Journal: table("journal", ["gameDay", "id"]), Leases: table("leases", ["target"]) }).resources,
  );
  const documents = {
    send: (command: { input: never }) => service[command.constructor.name.replace(/Command$/, "")]!.run(command.input),
  } as unknown as Clients["documents"];
  const world = runtimeFor({ documents });
  const states = new Map<string, string>();
  const cloudwatch = {
    send: async (command: unknown) => {
      if (!(command instanceof DescribeAlarmsCommand)) throw new Error("only DescribeAlarms is played");
      const names = command.input.AlarmNames ?? [];
      return {
        MetricAlarms: names
          .filter((name) => states.has(name))
          .map((name) => ({ AlarmName: name, StateValue: states.get(name) })),
      };
    },
  } as unknown as Clients["cloudwatch"];
  const { results } = world.runtime;
  return {
    runtime: { ...world.runtime, clients: { ...world.runtime.clients, cloudwatch } },
    clock: world.clock,
    states,
    begin: (startAt: Date) => results.putJson(loadStartKey(gameDay), { startAt: startAt.toISOString() }),
    /** One block of every five seconds of an interval, each with these requests. */
    async load(from: Date, to: Date, { failed = 0, latencyMs = 10, count = 20, shard = 0 } = {}) {
      for (let start = from.getTime() / 1000; start < to.getTime() / 1000; start += 5) {
        const latency = {};
        for (let request = 0; request < count; request++) addToSketch(latency, latencyMs);
        const block: Block = {
          shard,
          start,
          count,
          failed: failed > 0 ? { "500": failed } : {},
          dropped: 0,
          latency,
          sealedAt: (start + 5) * 1000,
        };
        await results.putJson(blockKey(gameDay, start, shard), block);
      }
    },
  };
}
