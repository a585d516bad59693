import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MARK_TAG } from "../../functions/faults/experiments.ts";
import { PERMISSIONS } from "../../infra/permissions.ts";
import { stateOf, stepFiles } from "../../infra/steps.ts";
import { TARGET_TAG } from "../../infra/targets/game-day-target.ts";
import { constructOf, ofType, statementsOf, synthesised, type TemplateResource } from "./synthesised.ts";

// Synthesis itself fails on a cdk-nag finding that nobody acknowledged.
const { gameDay, orders } = synthesised();
const everything = [...gameDay, ...orders];
const functions = ofType(everything, "AWS::Lambda::Function");
const steps = ofType(gameDay, "AWS::Lambda::Function");
const statements = statementsOf(everything);
const constructsThatMay = (action: string) =>
  [...new Set(statements.filter(({ Action }) => Action.includes(action)).map(({ construct }) => construct))].sort();

describe("every function", () => {
  test.each(functions.map((fn) => [fn.path, fn] as const))("%s", (_path, { properties }) => {
    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      TracingConfig: { Mode: "Active" },
      Handler: "index.handler",
    });
    const log = everything.find(({ logicalId }) => logicalId === properties.LoggingConfig.LogGroup.Ref);
    expect(log?.type).toBe("AWS::Logs::LogGroup");
    expect(log?.properties.RetentionInDays).toBeGreaterThan(0);
  });

  test("has a role of its own", () => {
    const roles = functions.map(({ properties }) => properties.Role["Fn::GetAtt"][0] as string);
    expect(new Set(roles).size).toBe(functions.length);
  });

  test("of the workflow is told what it has to be told, none of it twice", () => {
    const variables = steps.map(({ properties }) => Object.keys(properties.Environment.Variables).sort());
    expect(new Set(variables.map((names) => names.join())).size).toBe(1);
    expect(variables[0]).toEqual(
      expect.arrayContaining(["JOURNAL_TABLE", "LEASE_TABLE", "RESULTS_BUCKET", "CLUSTER_ARN", "TOPIC_ARN"]),
    );
  });
});

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
      expect(statement.Condition).toEqual({ StringLike: { [`aws:ResourceTag/${TARGET_TAG}`]: "*" } });
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
        expect(Condition).toEqual({ StringLike: { [`aws:ResourceTag/${TARGET_TAG}`]: "*" } });
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
    const marked = { StringLike: { [`aws:ResourceTag/${MARK_TAG}`]: "*" } };
    const marking = { StringLike: { [`aws:RequestTag/${MARK_TAG}`]: "*" } };
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
      expect(reading?.Condition).toEqual({ StringLike: { [`aws:ResourceTag/${TARGET_TAG}`]: "*" } });
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

describe("the safety net", () => {
  const [rule] = ofType(gameDay, "AWS::Events::Rule");
  const machine = (construct: string) =>
    ofType(gameDay, "AWS::StepFunctions::StateMachine").find((each) => constructOf(each) === construct)!.logicalId;

  test("starts after every ending that runs no Catch, of the game day and of nothing else", () => {
    expect(rule!.properties).toMatchObject({
      State: "ENABLED",
      EventPattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [{ Ref: machine("GameDay") }], status: ["ABORTED", "TIMED_OUT", "FAILED"] },
      },
    });
    expect(rule!.properties.Targets).toMatchObject([{ Arn: { Ref: machine("SafetyNet") } }]);
  });

  test("is tried again, and what could not be delivered is kept for two weeks", () => {
    const [target] = rule!.properties.Targets;
    expect(target.RetryPolicy.MaximumRetryAttempts).toBeGreaterThanOrEqual(10);
    const queue = gameDay.find(({ logicalId }) => logicalId === target.DeadLetterConfig.Arn["Fn::GetAtt"][0]);
    expect(queue).toMatchObject({ type: "AWS::SQS::Queue", properties: { MessageRetentionPeriod: 14 * 86_400 } });
  });
});

describe("what is remembered", () => {
  test("tables and results outlive the stack, and can be gone back to", () => {
    const tables = ofType(gameDay, "AWS::DynamoDB::Table");
    expect(tables).toHaveLength(2);
    for (const { properties } of tables) {
      expect(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    }
    expect(ofType(gameDay, "AWS::S3::Bucket")[0]!.properties).toMatchObject({
      VersioningConfiguration: { Status: "Enabled" },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  test("state machines log, and are traced", () => {
    for (const { properties } of ofType(gameDay, "AWS::StepFunctions::StateMachine")) {
      expect(properties).toMatchObject({
        LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
    }
  });
});

describe("orders as a target", () => {
  const alarms = ofType(orders, "AWS::CloudWatch::Alarm");
  const [description] = ofType(orders, "AWS::SSM::Parameter");

  test("has alarms on errors, error rate and latency, each in two of five minutes", () => {
    expect(alarms.map(({ path }) => path.split("/")[2])).toEqual(["ErrorsAlarm", "ErrorRateAlarm", "LatencyAlarm"]);
    for (const { properties } of alarms) {
      expect(properties).toMatchObject({
        DatapointsToAlarm: 2,
        EvaluationPeriods: 5,
        TreatMissingData: "notBreaching",
      });
      const periods = [
        properties.Period,
        ...(properties.Metrics ?? []).map((metric: { MetricStat?: { Period: number } }) => metric.MetricStat?.Period),
      ];
      expect(new Set(periods.filter((period) => period !== undefined))).toEqual(new Set([60]));
    }
  });

  test("tells people by one alarm over the others, and game days through their inbox", () => {
    const [hurt] = ofType(orders, "AWS::CloudWatch::CompositeAlarm");
    const [topic] = ofType(orders, "AWS::SNS::Topic");
    const rule = JSON.stringify(hurt!.properties.AlarmRule);
    for (const { logicalId } of alarms) expect(rule).toContain(logicalId);
    expect(hurt!.properties.AlarmActions).toEqual([{ Ref: topic!.logicalId }]);
    const [subscription] = ofType(orders, "AWS::SNS::Subscription");
    expect(subscription!.properties).toMatchObject({ Protocol: "sqs", TopicArn: { Ref: topic!.logicalId } });
  });

  test("links a runbook from every alarm, to a section that there is", () => {
    const runbook = readFileSync(new URL("../../docs/runbooks/orders.md", import.meta.url), "utf8");
    const all = [...alarms, ...ofType(orders, "AWS::CloudWatch::CompositeAlarm")];
    for (const { properties } of all) {
      const [, section] = /docs\/runbooks\/orders\.md#([a-z]+)$/.exec(properties.AlarmDescription)!;
      expect(runbook).toMatch(new RegExp(`^## ${section}\\b`, "im"));
    }
  });

  test("has the extension by which FIS injects faults, told where to look", () => {
    const [{ properties }] = ofType(orders, "AWS::Lambda::Function") as [TemplateResource];
    expect(properties.Layers).toEqual([{ Ref: expect.stringContaining("AWSFISextensionarm64") }]);
    expect(properties.Environment.Variables).toMatchObject({ AWS_LAMBDA_EXEC_WRAPPER: "/opt/aws-fis/bootstrap" });
    expect(properties.Environment.Variables.AWS_FIS_CONFIGURATION_LOCATION).toEqual(
      steps[0]!.properties.Environment.Variables.EXPERIMENT_LOCATION,
    );
  });

  test("its function and its table alone are tagged as what may be touched", () => {
    // Steps whose own role had the tag would not be more powerful, but the tag would lie.
    const tagged = everything.filter(({ properties }) => JSON.stringify(properties.Tags ?? []).includes(TARGET_TAG));
    expect(tagged.map(({ path }) => path).sort()).toEqual([
      "Orders/CreateOrder/Function/Resource",
      "Orders/Orders/Resource",
    ]);
    for (const { properties } of tagged) expect(properties.Tags).toEqual([{ Key: TARGET_TAG, Value: "orders" }]);
  });

  test("describes its name, front door, functions and alarms where Plan looks", () => {
    expect(description!.properties.Name).toBe("/gameday/targets/orders");
    const [separator, parts] = description!.properties.Value["Fn::Join"] as [string, (string | object)[]];
    const text = parts
      .map((part) => (typeof part === "string" ? part : Object.values(part).flat().join(".")))
      .join(separator);
    const createOrder = ofType(orders, "AWS::Lambda::Function")[0]!;
    const [api] = ofType(orders, "AWS::ApiGatewayV2::Api");
    expect(JSON.parse(text)).toEqual({
      name: "orders",
      url: `${api!.logicalId}.ApiEndpoint`,
      functions: { "create-order": createOrder.logicalId },
      alarms: [...alarms, ...ofType(orders, "AWS::CloudWatch::CompositeAlarm")].map(({ logicalId }) => logicalId),
      tables: { orders: ofType(orders, "AWS::DynamoDB::Table")[0]!.logicalId },
      inbox: ofType(orders, "AWS::SQS::Queue")[0]!.logicalId,
      stack: "Orders",
    });
  });
});
