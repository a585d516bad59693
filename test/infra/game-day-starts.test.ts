import { Duration } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { deploymentOf } from "../../infra/starts.ts";
import { StartOrder } from "../../workflows/start-order.ts";
import { ofType, statementsOf, synthesised } from "./synthesised.ts";

// Synthesis itself fails on a cdk-nag finding that nobody acknowledged.
const { gameDay } = synthesised([
  {
    name: "scheduler",
    drill: "control",
    schedule: "cron(0 10 ? * TUE *)",
    timeZone: "Europe/Berlin",
    window: Duration.minutes(30),
    from: new Date("2026-12-01T00:00:00Z"),
    until: new Date("2027-12-01T00:00:00Z"),
    blackouts: ["2026-12-24"],
  },
  { name: "after-deployment", drill: "error-burst", event: deploymentOf("Orders"), enabled: false },
]);
const own = gameDay.filter(({ path }) => path.startsWith("GameDay/Starts/"));
const statements = statementsOf(own);
const schedule = ofType(own, "AWS::Scheduler::Schedule")[0]!.properties;
const rule = ofType(own, "AWS::Events::Rule")[0]!.properties;
const [trigger] = ofType(own, "AWS::Lambda::Function");
const machine = ofType(gameDay, "AWS::StepFunctions::StateMachine").find(({ path }) => path.includes("/GameDay/"))!;
const [missed] = ofType(own, "AWS::SQS::Queue");
const missedArn = { "Fn::GetAtt": [missed!.logicalId, "Arn"] };
const triggerArn = { "Fn::GetAtt": [trigger!.logicalId, "Arn"] };

test("without any start there is nothing of them", () => {
  expect(synthesised().gameDay.filter(({ path }) => path.includes("Start") && !path.includes("StartLoad"))).toEqual([]);
});

describe("a schedule", () => {
  test("has its expression, zone, window and dates", () => {
    expect(schedule).toMatchObject({
      ScheduleExpression: "cron(0 10 ? * TUE *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 30 },
      StartDate: "2026-12-01T00:00:00.000Z",
      EndDate: "2027-12-01T00:00:00.000Z",
      State: "ENABLED",
    });
  });

  test("tells the function what to start, by its own time", () => {
    const order: unknown = JSON.parse(
      schedule.Target.Input.replace("<aws.scheduler.scheduled-time>", "2026-12-08T09:00:00Z"),
    );
    expect(StartOrder.parse(order)).toEqual({
      start: "scheduler",
      occasion: { kind: "schedule", scheduledAt: "2026-12-08T09:00:00Z" },
      input: { drill: "control", profile: "full" },
      timeZone: "Europe/Berlin",
      blackouts: ["2026-12-24"],
    });
  });
});

describe("a rule", () => {
  test("matches what the settings say, and may be off", () => {
    expect(rule).toMatchObject({
      State: "DISABLED",
      EventPattern: { source: ["aws.cloudformation"], "detail-type": ["CloudFormation Stack Status Change"] },
    });
    expect(JSON.stringify(rule.EventPattern.detail["stack-id"])).toContain(":stack/Orders/");
  });

  test("tells the function what to start, and the event's id", () => {
    const { InputPathsMap, InputTemplate } = rule.Targets[0].InputTransformer;
    expect(Object.values(InputPathsMap).sort()).toEqual(["$.id", "$.time"]);
    const order: unknown = JSON.parse(
      InputTemplate.replace("<id>", '"e-1"').replace("<time>", '"2026-12-08T09:00:00Z"'),
    );
    expect(StartOrder.parse(order)).toMatchObject({
      start: "after-deployment",
      occasion: { kind: "event", id: "e-1", at: "2026-12-08T09:00:00Z" },
      input: { drill: "error-burst" },
    });
  });

  test("alone may call the function, besides the schedules' role", () => {
    const permissions = ofType(own, "AWS::Lambda::Permission").map(({ properties }) => properties);
    expect(permissions).toMatchObject([{ Principal: "events.amazonaws.com", FunctionName: triggerArn }]);
    expect(permissions[0].SourceArn["Fn::GetAtt"][0]).toMatch(/^StartsEachAfterDeployment/);
  });
});

describe("the function", () => {
  test("may start the state machine of game days and nothing else", () => {
    const started = statements.filter(({ Action }) => Action.some((action) => action.startsWith("states:")));
    expect(started).toMatchObject([{ Action: ["states:StartExecution"], Resource: [{ Ref: machine.logicalId }] }]);
    expect(trigger!.properties.Environment.Variables.GAME_DAY_ARN).toEqual({ Ref: machine.logicalId });
  });

  test("is called by the schedules' role, which may do nothing else but keep what failed", () => {
    const scheduler = statements.filter(({ Action }) => Action.includes("lambda:InvokeFunction"));
    expect(scheduler).toMatchObject([{ Resource: [triggerArn] }]);
    const [role] = ofType(own, "AWS::IAM::Role").filter(({ path }) => path === "GameDay/Starts/Scheduler/Resource");
    expect(role!.properties.AssumeRolePolicyDocument.Statement).toMatchObject([
      {
        Principal: { Service: "scheduler.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      },
    ]);
  });
});

describe("a start that comes to nothing", () => {
  test("was tried again within the hour, and is kept for two weeks, whoever it was that failed", () => {
    const [invoked] = ofType(own, "AWS::Lambda::EventInvokeConfig");
    expect(invoked!.properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: missedArn } },
    });
    for (const target of [schedule.Target, rule.Targets[0]]) {
      expect(target).toMatchObject({
        DeadLetterConfig: { Arn: missedArn },
        RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3600 },
      });
    }
    expect(missed!.properties.MessageRetentionPeriod).toBe(14 * 86_400);
  });

  test("is told to people as that: nothing has to be put back", () => {
    const alarm = ofType(gameDay, "AWS::CloudWatch::Alarm").find(({ path }) => path.includes("/StartMissed/"))!;
    expect(alarm.properties.AlarmDescription).toContain("nothing is broken and nothing has to be put back");
    expect(JSON.stringify(alarm.properties.Dimensions)).toContain(missed!.logicalId);
  });
});
