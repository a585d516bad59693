import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { targetsOf } from "../../stand-in/gameday/target.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import { readAssembly } from "../../stand-in/templates/cfn/assembly.ts";
import { readDrill } from "../../workflows/drill-file.ts";
import { checkAgainstTarget, planGameDay } from "../../workflows/plan.ts";
import { Plan } from "../../workflows/state.ts";
import { identity, shippedDrill } from "./sample.ts";

const files = readdirSync(fileURLToPath(new URL("../../workflows/drills", import.meta.url))).filter((file) =>
  file.endsWith(".yaml"),
);
const targets = targetsOf(readGraph(readAssembly(fileURLToPath(new URL("../../cdk.out", import.meta.url))), "test"));

test("there are drills", () => {
  expect(files).toContain("control.yaml");
});

describe.each(files)("the shipped drill %s", (file) => {
  const read = readDrill(shippedDrill(file));
  const drill = () => (read.ok ? read.drill : expect.fail(read.problems.map(({ message }) => message).join("; ")));

  test("is in order, and named as its file is", () => {
    expect(`${drill().name}.yaml`).toBe(file);
  });

  test("asks nothing of its target that the templates do not have", () => {
    const target = targets.get(drill().target);
    expect(target, `a target ${drill().target} in the templates`).toBeDefined();
    expect(checkAgainstTarget(drill(), target!)).toEqual([]);
  });

  test.each(["full", "rehearsal"] as const)("makes a plan that the steps accept, profile %s", (profile) => {
    const plan = planGameDay(drill(), targets.get(drill().target)!, { ...identity, profile });
    expect(Plan.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test("is short enough on a laptop: under three minutes of load", () => {
    const plan = planGameDay(drill(), targets.get(drill().target)!, { ...identity, profile: "rehearsal" });
    expect(plan.load.durationSeconds).toBeLessThan(180);
  });

  test("tells editors its schema", () => {
    expect(shippedDrill(file).split("\n")[0]).toBe("# yaml-language-server: $schema=./drill.schema.json");
  });
});
