import { expect, test } from "vitest";
import { systemOf } from "../../../stand-in/gameday/system.ts";
import { readGraph } from "../../../stand-in/read-graph.ts";
import { assembly, graphOf } from "../templates.ts";

test("the game-day stack says where its parts are, and they are there", () => {
  const graph = readGraph(assembly(), "salt");
  const system = systemOf(graph)!;
  for (const table of [system.leaseTable, system.journalTable]) {
    expect(graph.byName("AWS::DynamoDB::Table", table)).toBeDefined();
  }
  expect(graph.byName("AWS::S3::Bucket", system.resultsBucket)).toBeDefined();
  expect(graph.byArn(system.gameDay)?.path).toBe("GameDay/GameDay/Resource");
  expect(graph.byArn(system.safetyNet)?.path).toBe("GameDay/SafetyNet/Resource");
});

test("other templates say nothing of it", () => {
  expect(systemOf(graphOf({}))).toBeUndefined();
});
