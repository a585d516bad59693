import { expect, test } from "vitest";
import { startsOf } from "../../../stand-in/gameday/starts.ts";
import { readGraph } from "../../../stand-in/read-graph.ts";
import { assembly, edited, resourceAt } from "../templates.ts";

const graph = readGraph(
  edited(assembly(), "GameDay", (template) => {
    const weekly = resourceAt(template, "GameDay/Starts/Each/Weekly", "AWS::Scheduler::Schedule").Properties;
    Object.assign(weekly, {
      State: "ENABLED",
      EndDate: "2027-01-13T00:00:00Z",
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
    });
    const rule = resourceAt(template, "GameDay/Starts/Each/AfterDeployment", "AWS::Events::Rule").Properties;
    const { InputTransformer } = rule.Targets[0];
    InputTransformer.InputPathsMap.drill = "$.detail.drill";
    InputTransformer.InputTemplate = InputTransformer.InputTemplate.replace('"error-burst"', "<drill>");
  }),
  "list",
);

test("next times leave blackouts out, and end with the schedule", () => {
  const [weekly] = startsOf(graph, new Date("2026-12-10T00:00:00Z"), 5);
  expect(weekly).toMatchObject({ name: "weekly", enabled: true, schedule: { windowMinutes: 15 } });
  expect(weekly!.schedule!.next.map((at) => at.toISOString().slice(0, 10))).toEqual([
    "2026-12-15",
    "2027-01-05",
    "2027-01-12",
  ]);
});

test("a drill that comes from the event has no name before there is one", () => {
  const [, rule] = startsOf(graph, new Date("2026-12-10T00:00:00Z"), 1);
  expect(rule).toMatchObject({ name: "after-deployment", drill: undefined, enabled: false });
});

test("the sweep, which starts no game day, is none", () => {
  expect(startsOf(graph, new Date(), 1)).toHaveLength(2);
});
