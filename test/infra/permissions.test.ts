import { describe, expect, test } from "vitest";
import { PERMISSIONS } from "../../infra/permissions.ts";
import { stateOf, stepFiles } from "../../infra/steps.ts";
import { TAGS } from "../../workflows/names.ts";
import { constructOf, ofType, statementsOf, synthesised } from "./synthesised.ts";

const { gameDay, orders } = synthesised();
const everything = [...gameDay, ...orders];
const steps = ofType(gameDay, "AWS::Lambda::Function");
const statements = statementsOf(everything);
const constructsThatMay = (action: string) =>
  [...new Set(statements.filter(({ Action }) => Action.includes(action)).map(({ construct }) => construct))].sort();

describe("permissions", () => {
  test("every step has a line in the table of permissions, and every line is a step's", () => {
    expect(Object.keys(PERMISSIONS).sort()).toEqual(stepFiles());
  });

  test("every step has a function", () => {
    expect(steps.map(constructOf).sort()).toEqual(stepFiles().map(stateOf).sort());
  });

  test("nobody may do everything, or everything of one service", () => {
    for (const { Action } of statements) expect(Action.filter((action) => action.includes("*"))).toEqual([]);
  });

  test("only those that make or undo a change may change a function, and only one that is tagged", () => {
    expect(constructsThatMay("lambda:UpdateFunctionConfiguration")).toEqual([
      "Deploy",
      "InjectFault",
      "RollBack",
      "UndoFault",
    ]);
    for (const statement of statements.filter(({ Action }) => Action.includes("lambda:UpdateFunctionConfiguration"))) {
      expect(statement.Condition).toEqual({ StringLike: { [`aws:ResourceTag/${TAGS.target}`]: "*" } });
    }
  });

  const ON_RESOURCES = {
    "lambda:UpdateEventSourceMapping": ["InjectFault", "RollBack", "UndoFault"],
    "lambda:UpdateAlias": ["Deploy", "InjectFault", "RollBack", "UndoFault"],
    "sqs:SetQueueAttributes": ["InjectFault", "RollBack", "UndoFault"],
    "events:DisableRule": ["InjectFault"],
    "events:EnableRule": ["RollBack", "UndoFault"],
    "apigateway:PATCH": ["InjectFault", "RollBack", "UndoFault"],
    "dynamodb:UpdateTable": ["InjectFault", "RollBack", "UndoFault"],
  };
  test.each(Object.entries(ON_RESOURCES))(
    "%s is for those alone that make or undo it, and for what is tagged",
    (action, who) => {
      const own = statementsOf(gameDay).filter(({ Action }) => Action.includes(action));
      expect([...new Set(own.map(({ construct }) => construct))].sort()).toEqual(who);
      for (const { Condition } of own) {
        expect(Condition).toEqual({ StringLike: { [`aws:ResourceTag/${TAGS.target}`]: "*" } });
      }
    },
  );

  test("nobody may change a function's code or its permissions, nor delete one", () => {
    const changing = statements.flatMap(({ Action }) => Action).filter((action) => /^lambda:(?!Get|List)/.test(action));
    expect([...new Set(changing)].sort()).toEqual([
      "lambda:DeleteFunctionConcurrency",
      "lambda:InvokeFunction",
      "lambda:PutFunctionConcurrency",
      "lambda:UpdateAlias",
      "lambda:UpdateEventSourceMapping",
      "lambda:UpdateFunctionConfiguration",
    ]);
  });

  test("only the state machines may call the steps, and nothing else", () => {
    expect(constructsThatMay("lambda:InvokeFunction")).toEqual(["GameDay", "SafetyNet"]);
    const stepIds = steps.map(({ logicalId }) => logicalId).sort();
    for (const statement of statements.filter(({ Action }) => Action.includes("lambda:InvokeFunction"))) {
      const called = statement.Resource.map((arn) => (arn as { "Fn::GetAtt": string[] })["Fn::GetAtt"][0]);
      expect(called.sort()).toEqual(stepIds);
    }
  });

  test("only StartLoad, and InjectFault for a surge, may start tasks, and hand them no other roles than theirs", () => {
    expect(constructsThatMay("ecs:RunTask")).toEqual(["InjectFault", "StartLoad"]);
    expect(constructsThatMay("iam:PassRole")).toEqual(["InjectFault", "StartLoad"]);
    const [passing] = statements.filter(
      ({ Action, construct }) => Action.includes("iam:PassRole") && construct === "StartLoad",
    );
    expect(passing?.Condition).toEqual({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
    expect(passing?.Resource).toEqual([
      { "Fn::GetAtt": [expect.stringMatching(/^LoadShard(Execution|Task)Role/), "Arn"] },
      { "Fn::GetAtt": [expect.stringMatching(/^LoadShard(Execution|Task)Role/), "Arn"] },
    ]);
  });

  describe("on experiments of FIS", () => {
    const marked = { StringLike: { [`aws:ResourceTag/${TAGS.id}`]: "*" } };
    const marking = { StringLike: { [`aws:RequestTag/${TAGS.id}`]: "*" } };
    const conditionsOf = (action: string) => [
      ...new Set(
        statements.filter(({ Action }) => Action.includes(action)).map(({ Condition }) => JSON.stringify(Condition)),
      ),
    ];

    test("only InjectFault may start one, and hand FIS no other role than its own", () => {
      for (const action of ["fis:CreateExperimentTemplate", "fis:StartExperiment", "fis:TagResource"]) {
        expect(constructsThatMay(action)).toEqual(["InjectFault"]);
      }
      const [passing] = statements.filter(
        ({ Action, construct }) => Action.includes("iam:PassRole") && construct === "InjectFault",
      );
      expect(passing?.Condition).toEqual({ StringEquals: { "iam:PassedToService": "fis.amazonaws.com" } });
      expect(passing?.Resource).toEqual([{ "Fn::GetAtt": [expect.stringMatching(/^ExperimentsRole/), "Arn"] }]);
    });

    test("no action but the three on invocations of functions", () => {
      const [creating] = statements.filter(({ Action }) => Action.includes("fis:CreateExperimentTemplate"));
      const actions = creating!.Resource.map((arn) => JSON.stringify(arn)).filter((arn) => arn.includes(":action/"));
      expect(actions).toHaveLength(3);
      for (const arn of actions) expect(arn).toContain(":action/aws:lambda:invocation-");
    });

    test("those that undo may stop and delete, and nobody what is not marked", () => {
      expect(constructsThatMay("fis:StopExperiment")).toEqual(["RollBack", "UndoFault"]);
      expect(constructsThatMay("fis:DeleteExperimentTemplate")).toEqual(["RollBack", "UndoFault"]);
      for (const action of ["fis:StopExperiment", "fis:DeleteExperimentTemplate", "fis:GetExperiment"]) {
        expect(conditionsOf(action)).toEqual([JSON.stringify(marked)]);
      }
      for (const action of ["fis:CreateExperimentTemplate", "fis:TagResource"]) {
        expect(conditionsOf(action)).toEqual([JSON.stringify(marking)]);
      }
      expect(conditionsOf("fis:StartExperiment").sort()).toEqual(
        [JSON.stringify(marked), JSON.stringify(marking)].sort(),
      );
    });

    test("FIS itself may tell the extension in a tagged function, and nothing else", () => {
      const own = statements.filter(({ construct }) => construct === "Experiments");
      expect(own.flatMap(({ Action }) => Action).sort()).toEqual([
        "lambda:GetFunction",
        "s3:DeleteObject",
        "s3:PutObject",
        "tag:GetResources",
      ]);
      const reading = own.find(({ Action }) => Action.includes("lambda:GetFunction"));
      expect(reading?.Condition).toEqual({ StringLike: { [`aws:ResourceTag/${TAGS.target}`]: "*" } });
    });
  });

  test("tasks are seen and stopped in gameday's own cluster alone", () => {
    for (const { Action, Condition } of statements.filter(({ Action }) =>
      Action.some((each) => each.startsWith("ecs:")),
    )) {
      expect(Condition, Action.join()).toMatchObject({ ArnEquals: { "ecs:cluster": expect.anything() } });
    }
  });

  test("nothing is asked of all resources but what cannot be asked of one", () => {
    const ofAll = statements.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    expect([...new Set(ofAll)].sort()).toEqual([
      "cloudwatch:DescribeAlarmHistory",
      "cloudwatch:DescribeAlarms",
      "cloudwatch:GetMetricData",
      "cloudwatch:ListMetrics",
      "devops-guru:DescribeInsight",
      "devops-guru:GetResourceCollection",
      "devops-guru:ListAnomaliesForInsight",
      "devops-guru:ListRecommendations",
      "devops-guru:SearchInsights",
      "ecr:GetAuthorizationToken",
      "ecs:ListTasks",
      "events:TestEventPattern",
      "fis:ListExperimentTemplates",
      "fis:ListExperiments",
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
      "tag:GetResources",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]);
  });

  test("who reads results may also list them: else a missing object would be an AccessDenied", () => {
    expect(constructsThatMay("s3:GetObject")).toEqual(constructsThatMay("s3:ListBucket"));
  });

  test("a load task reads and writes its game day's load, nothing else of the results", () => {
    const own = statements.filter(
      ({ construct, Action }) => construct === "Load" && Action.some((action) => /^s3:(Get|Put)/.test(action)),
    );
    expect(own).toHaveLength(1);
    expect(JSON.stringify(own[0]!.Resource)).toContain("/game-days/*/load/*");
  });

  test("the function of orders may store orders and read what FIS tells its extension, nothing else", () => {
    const own = statementsOf(orders).flatMap(({ Action }) => Action);
    const fis = ["s3:GetObject", "s3:ListBucket"];
    expect(own.filter((action) => !/^(logs|xray):/.test(action)).sort()).toEqual(["dynamodb:PutItem", ...fis]);
    const reading = statementsOf(orders).filter(({ Action }) => Action.some((action) => fis.includes(action)));
    for (const { Resource } of reading) expect(JSON.stringify(Resource)).toContain("gameday-fis-");
  });
});
