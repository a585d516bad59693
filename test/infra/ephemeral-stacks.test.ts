import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { AssetManifestArtifact, type CloudFormationStackArtifact } from "aws-cdk-lib/cx-api";
import { afterAll, describe, expect, test } from "vitest";
import { EPHEMERAL_TARGETS } from "../../examples/ephemeral-targets.ts";
import { synthesiseEphemeral } from "../../infra/ephemeral-stacks.ts";
import { GameDayStack } from "../../infra/game-day-stack.ts";
import { ephemeralStacksOf } from "../../stand-in/aws/cloudformation/ephemeral-stacks.ts";
import { targetsOf } from "../../stand-in/gameday/target.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import { readAssembly } from "../../stand-in/templates/cfn/assembly.ts";
import type { RawTemplate } from "./synthesised.ts";
import { resourcesOf, statementsOf } from "./synthesised.ts";

const outdir = mkdtempSync(join(tmpdir(), "gameday-ephemeral-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const app = new App({
  outdir,
  analyticsReporting: false,
  context: { "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": true },
});
const synthesised = synthesiseEphemeral(app, EPHEMERAL_TARGETS);
new GameDayStack(app, "GameDay", { ephemeral: synthesised });
const gameDay = app.synth().getStackByName("GameDay");
const graph = readGraph(readAssembly(outdir), "test");
const published = ephemeralStacksOf(graph);

/** Where files are published to: `BUCKET/KEY`. */
function destinationsOf(stack: CloudFormationStackArtifact): string[] {
  const manifest = stack.dependencies.find((one) => AssetManifestArtifact.isAssetManifestArtifact(one));
  return Object.values(manifest?.contents.files ?? {}).flatMap(({ destinations }) =>
    Object.values(destinations).map(({ bucketName, objectKey }) => `${bucketName}/${objectKey}`),
  );
}

test("the stacks are in a stage, so that `cdk deploy --all` does not deploy them", () => {
  expect(app.node.children.map(({ node }) => node.id)).toContain("Ephemeral");
  expect(gameDay.assembly.stacks.map(({ stackName }) => stackName)).toEqual(["GameDay"]);
});

describe.each(synthesised.map((one) => [one.target, one] as const))("%s", (target, { artifact }) => {
  const template = JSON.parse(readFileSync(artifact.templateFullPath, "utf8")) as RawTemplate;

  test("is described where Plan looks, under the name that the stack has", () => {
    expect(published.get(target)).toMatchObject({ stackName: artifact.stackName });
    expect(targetsOf(graph).get(target)).toMatchObject({ name: target, stack: artifact.stackName });
  });

  test("to deploy gameday's own stack publishes all that it needs, at the same keys", () => {
    const needed = destinationsOf(artifact);
    expect(needed.length).toBeGreaterThan(1);
    expect(destinationsOf(gameDay)).toEqual(expect.arrayContaining(needed));
  });

  test("the published address is the template's own", () => {
    const key = published.get(target)!.templateUrl.split("/").at(-1);
    expect(destinationsOf(artifact).map((destination) => destination.split("/").at(-1))).toContain(key);
    const file = readAssembly(outdir).files.get(key!)!;
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(template);
  });

  test("keeps nothing when it is deleted", () => {
    const kept = Object.entries(template.Resources as Record<string, { DeletionPolicy?: string }>)
      .filter(([, { DeletionPolicy = "Delete" }]) => DeletionPolicy !== "Delete")
      .map(([id]) => id);
    expect(kept).toEqual([]);
  });
});

describe("what steps may do with stacks", () => {
  const names = synthesised.map(({ artifact }) => artifact.stackName);
  const resources = resourcesOf(gameDay.template as RawTemplate);
  const statements = statementsOf(resources).filter(({ Action }) =>
    Action.some((action) => action.startsWith("cloudformation:")),
  );

  test("is about the listed ones alone", () => {
    expect(statements.length).toBeGreaterThan(0);
    for (const { Resource } of statements) {
      expect(names.some((name) => JSON.stringify(Resource).includes(`stack/${name}/*`))).toBe(true);
      expect(Resource).not.toContain("*");
    }
  });

  test.each([
    ["cloudformation:CreateStack", ["Deploy"]],
    ["cloudformation:DeleteStack", ["RollBack"]],
    ["cloudformation:DescribeStacks", ["Deploy", "Preflight", "RollBack", "VerifyRestored"]],
  ])("%s: %j", (action, steps) => {
    const found = statements.filter(({ Action }) => Action.includes(action)).map(({ construct }) => construct);
    expect([...new Set(found)].sort()).toEqual(steps);
  });

  test("a stack is made by its own template and role alone, and the role is passed to nobody but CloudFormation", () => {
    const create = statements.filter(({ Action }) => Action.includes("cloudformation:CreateStack"));
    for (const { Condition } of create) {
      expect(Object.keys(Condition?.StringEquals ?? {}).sort()).toEqual([
        "cloudformation:RoleArn",
        "cloudformation:TemplateUrl",
      ]);
    }
    const passed = statementsOf(resources).filter(
      ({ Action, construct }) => construct === "Deploy" && Action.includes("iam:PassRole"),
    );
    expect(passed).toHaveLength(names.length);
    for (const { Condition } of passed) {
      expect(Condition).toEqual({ StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } });
    }
  });
});

test("without such stacks no step may touch any", () => {
  const folder = mkdtempSync(join(tmpdir(), "gameday-none-"));
  try {
    const bare = new App({ outdir: folder, analyticsReporting: false, context: { "aws:cdk:bundling-stacks": [] } });
    new GameDayStack(bare, "GameDay", { ephemeral: synthesiseEphemeral(bare, []) });
    expect(JSON.stringify(bare.synth().getStackByName("GameDay").template)).not.toContain("cloudformation:");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
