import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { rehearse } from "../../rehearsal/rehearse.ts";
import { startRegion } from "../../stand-in/hosted-region.ts";
import type { Assembly, Template } from "../../stand-in/templates/cfn/assembly.ts";
import { TemplateError } from "../../stand-in/templates/cfn/intrinsics.ts";
import { edited, ordersOnly, resourceAt } from "./templates.ts";

/**
 * What is wrong in a template shows in its rehearsal, by name. Each of these is this project's own template with one
 * thing in it broken; none of them comes as far as load.
 */

const outFolder = mkdtempSync(join(tmpdir(), "gameday-broken-"));
afterAll(() => rmSync(outFolder, { recursive: true }));
let day = 0;
const run = (broken: Assembly) =>
  rehearse({
    assembly: broken,
    id: `broken-${++day}`,
    input: { drill: "control", profile: "rehearsal" },
    k6Path: "/nowhere/k6",
    outFolder,
  });
const withChange = (stack: string, change: (template: Template) => void) => edited(ordersOnly(), stack, change);
const refusal = async (broken: Assembly): Promise<Error> => {
  try {
    await (await startRegion({ assembly: broken, k6Path: "/nowhere/k6" })).stop();
  } catch (error) {
    return error as Error;
  }
  return expect.fail("the region started");
};

/** Takes an action out of a step's policy. */
function withoutPermission(step: string, action: string): Assembly {
  return withChange("GameDay", (template) => {
    const policy = resourceAt(template, `GameDay/${step}/Role`, "AWS::IAM::Policy").Properties.PolicyDocument;
    const before = JSON.stringify(policy);
    for (const statement of policy.Statement) {
      if (Array.isArray(statement.Action)) {
        statement.Action = statement.Action.filter((each: string) => each !== action);
      }
    }
    policy.Statement = policy.Statement.filter((statement: { Action: string }) => statement.Action !== action);
    if (JSON.stringify(policy) === before) throw new Error(`${step} has no permission ${action}`);
  });
}

describe("a permission that a step lacks", () => {
  test("to read the target: refused, by role, action and resource, with nothing touched", async () => {
    const { status, error, result, changed } = await run(withoutPermission("Plan", "ssm:GetParameter"));
    expect(status).toBe("FAILED");
    expect(error).toMatchObject({ name: "AccessDeniedException" });
    expect(error!.message).toMatch(
      /^arn:aws:iam::\d+:role\/GameDay-PlanRole\S+ is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:\S+:parameter\/gameday\/targets\/orders because/,
    );
    expect(result).toBeUndefined();
    expect(changed).toEqual([]);
  });

  test("to look at the alarms: the game day ends, cleans up and says so in its report", async () => {
    const rehearsed = await run(withoutPermission("Preflight", "cloudwatch:DescribeAlarms"));
    expect(rehearsed.error).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringMatching(/GameDay-PreflightRole\S+ .*cloudwatch:DescribeAlarms on resource: \*/),
    });
    expect(rehearsed.result).toMatchObject({ verdict: "invalid", restored: { ok: true } });
    expect(rehearsed.result!.reasons[0]).toMatch(/AccessDeniedException.*cloudwatch:DescribeAlarms/);
    expect(rehearsed.troubles).toEqual([]);
  });

  test("to write its journal: nothing was changed, since the journal comes first", async () => {
    const rehearsed = await run(withoutPermission("StartLoad", "dynamodb:PutItem"));
    expect(rehearsed.error?.message).toMatch(
      /GameDay-StartLoadRole\S+ .*dynamodb:PutItem on resource: \S+table\/GameDay-Journal/,
    );
    expect(rehearsed).toMatchObject({ result: { verdict: "invalid" }, changed: [] });
  });

  test("that the state machine lacks, to call a step", async () => {
    const broken = withChange("GameDay", (template) => {
      const policy = resourceAt(template, "GameDay/GameDay/Role", "AWS::IAM::Policy").Properties.PolicyDocument;
      const calling = policy.Statement.find(({ Action }: { Action: string }) => Action === "lambda:InvokeFunction");
      calling.Resource = calling.Resource.filter((arn: object) => !JSON.stringify(arn).includes("AcquireLease"));
    });
    const { error } = await run(broken);
    expect(error?.message).toMatch(/GameDay-GameDayRole\S+ .*lambda:InvokeFunction on resource: \S+AcquireLease/);
  });
});

describe("a variable that is spelled otherwise", () => {
  const renamed = (stack: string, path: string, from: string, to: string) =>
    withChange(stack, (template) => {
      const { Variables } = resourceAt(template, path, "AWS::Lambda::Function").Properties.Environment;
      Variables[to] = Variables[from];
      delete Variables[from];
    });

  test("of a step: the game day ends with the variable's name and where it is set", async () => {
    const { status, error } = await run(renamed("GameDay", "GameDay/Plan/Function", "JOURNAL_TABLE", "JOURNAL"));
    expect(status).toBe("FAILED");
    expect(error).toEqual({
      name: "Misconfigured",
      message:
        "Expected the environment variable JOURNAL_TABLE; found none. They are set for every step in infra/game-day-stack.ts.",
    });
  });

  test("of a step far down the road: everything before it is cleaned up", async () => {
    const { error, result, changed } = await run(
      renamed("GameDay", "GameDay/StartLoad/Function", "TASK_DEFINITION_ARN", "TASK_ARN"),
    );
    expect(error?.message).toContain("the environment variable TASK_DEFINITION_ARN");
    expect(result).toMatchObject({ verdict: "invalid", restored: { ok: true } });
    expect(changed).toEqual([]);
  });

  test("of the target's function: it does not load, and that is said with its own error before anything begins", async () => {
    const error = await refusal(renamed("Orders", "Orders/CreateOrder/Function", "TABLE_NAME", "TABLE"));
    expect(error).toBeInstanceOf(TemplateError);
    expect(error.message).toMatch(
      /^Function Orders\/CreateOrder\/Function\/Resource .*Expected the environment variable TABLE_NAME/,
    );
  });

  test("of the target's function, so that it cannot hurt as the drill wants", async () => {
    const broken = withChange("Orders", (template) => {
      resourceAt(
        template,
        "Orders/CreateOrder/Function",
        "AWS::Lambda::Function",
      ).Properties.Environment.Variables.FAILURE_RATE = "often";
    });
    expect((await refusal(broken)).message).toContain("Orders/CreateOrder");
  });
});

describe("a rule that starts the safety net", () => {
  const rule = (template: Template) => resourceAt(template, "GameDay/GameDayEnded", "AWS::Events::Rule").Properties;

  test("with a variable that its paths do not have is refused, by rule and variable", async () => {
    const broken = withChange("GameDay", (template) => {
      const { InputPathsMap } = rule(template).Targets[0].InputTransformer;
      InputPathsMap["detail-nmae"] = InputPathsMap["detail-name"];
      delete InputPathsMap["detail-name"];
    });
    const error = await refusal(broken);
    expect(error).toBeInstanceOf(TemplateError);
    expect(error.message).toMatch(/^Rule GameDay\/GameDayEnded\/Resource, .*<detail-name>.*detail-nmae/);
  });

  test("with a path that leads nowhere: the safety net fails, and its failure is told", async () => {
    const broken = withChange("GameDay", (template) => {
      rule(template).Targets[0].InputTransformer.InputPathsMap["detail-name"] = "$.detail.executionName";
    });
    const { troubles } = await rehearse({
      assembly: broken,
      id: "broken-path",
      input: { drill: "no-such-drill" },
      k6Path: "/nowhere/k6",
      outFolder,
    });
    expect(troubles).toEqual([expect.stringMatching(/SafetyNet.* ended FAILED: Refused .*execution/)]);
  });

  test("with a role that may not start it: the event is not delivered, and that is told", async () => {
    const broken = withChange("GameDay", (template) => {
      resourceAt(template, "GameDay/SafetyNet/EventsRole", "AWS::IAM::Policy").Properties.PolicyDocument.Statement = [];
    });
    const { troubles } = await rehearse({
      assembly: broken,
      id: "broken-role",
      input: { drill: "no-such-drill" },
      k6Path: "/nowhere/k6",
      outFolder,
    });
    expect(troubles).toEqual([
      expect.stringMatching(/not delivered by GameDay\/GameDayEnded\/Resource: .*states:StartExecution/),
    ]);
  });
});

describe("a target", () => {
  test("that lacks its tag is not ready, and that is said by name", async () => {
    const broken = withChange("Orders", (template) => {
      resourceAt(template, "Orders/CreateOrder/Function", "AWS::Lambda::Function").Properties.Tags = [];
    });
    const { error } = await rehearse({
      assembly: broken,
      id: "untagged",
      input: { drill: "gray-latency", profile: "rehearsal" },
      k6Path: "/nowhere/k6",
      outFolder,
    });
    expect(error).toMatchObject({
      name: "NotReady",
      message: expect.stringMatching(
        /function Orders-CreateOrder\S+ is not tagged, but only one tagged gameday:target=orders/,
      ),
    });
  });

  test("whose description is gone is refused, by the parameter's name", async () => {
    const broken = withChange("Orders", (template) => {
      resourceAt(template, "Orders/Target/Description", "AWS::SSM::Parameter").Properties.Name =
        "/gameday/targets/order";
    });
    expect((await run(broken)).error).toMatchObject({
      name: "Refused",
      message: expect.stringContaining("/gameday/targets/orders; found no such parameter"),
    });
  });
});

test("a state machine with a step that nothing is substituted for is refused, by both", async () => {
  const broken = withChange("GameDay", (template) => {
    const machine = Object.values(template.Resources).find(
      ({ Type, Metadata }) =>
        Type === "AWS::StepFunctions::StateMachine" && Metadata?.["aws:cdk:path"] === "GameDay/GameDay/Resource",
    );
    delete (machine!.Properties!.DefinitionSubstitutions as Record<string, unknown>).JudgeArn;
  });
  expect((await refusal(broken)).message).toBe(
    "State machine GameDay/GameDay/Resource: nothing is substituted for ${JudgeArn}.",
  );
});
