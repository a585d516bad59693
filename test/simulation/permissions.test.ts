import { expect, test } from "vitest";
import { permissionsOf, refusalsOf } from "../../simulation/permissions.ts";
import type { Asked } from "../../stand-in/iam/identities.ts";
import type { Graph, Resource } from "../../stand-in/templates/cfn/graph.ts";

const JUDGE = "arn:aws:iam::000000000000:role/judge";
const FRONT = "arn:aws:iam::000000000000:role/front";
const resource = (type: string, path: string, properties: object, arn?: string) =>
  ({ type, path, name: path, arn, properties }) as unknown as Resource;
const role = (arn: string, statements: object[]) =>
  resource("AWS::IAM::Role", arn, { Policies: [{ PolicyDocument: { Statement: statements } }] }, arn);

const resources = [
  resource("AWS::StepFunctions::StateMachine", "GameDay/GameDay/Resource", {
    DefinitionSubstitutions: { Judge: "arn:judge" },
  }),
  resource("AWS::Lambda::Function", "GameDay/Judge/Function/Resource", { Role: JUDGE }, "arn:judge"),
  resource("AWS::Lambda::Function", "Shop/Front/Function/Resource", { Role: FRONT }, "arn:front"),
  role(JUDGE, [
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::results/*" },
    {
      Effect: "Allow",
      Action: "lambda:GetFunctionConfiguration",
      Resource: "*",
      Condition: { StringLike: { "aws:ResourceTag/gameday:target": "*" } },
    },
    { Effect: "Allow", Action: ["xray:PutTraceSegments", "logs:PutLogEvents"], Resource: "*" },
  ]),
  role(FRONT, [{ Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" }]),
];
const graph = { ofType: (type: string) => resources.filter((one) => one.type === type) } as unknown as Graph;

const asked = (action: string, allowed: boolean, roleArn = JUDGE): Asked => ({
  roleArn,
  action,
  allowed,
  resource: "arn:aws:s3:::results/a",
  context: {},
});

test("of a step's role every action is listed, with what limits it and whether it was asked for", () => {
  expect(permissionsOf(graph, [asked("s3:GetObject", true), asked("s3:PutObject", false)])).toEqual([
    {
      step: "Judge",
      action: "lambda:GetFunctionConfiguration",
      resources: ["*"],
      conditions: ["aws:ResourceTag/gameday:target"],
      used: false,
    },
    { step: "Judge", action: "s3:GetObject", resources: ["arn:aws:s3:::results/*"], conditions: [], used: true },
    { step: "Judge", action: "s3:PutObject", resources: ["arn:aws:s3:::results/*"], conditions: [], used: false },
  ]);
});

test("what a step may not do and asked for is listed; what others asked for is not its", () => {
  const questions = [asked("s3:DeleteObject", false), asked("dynamodb:PutItem", false, FRONT)];
  expect(refusalsOf(graph, questions)).toEqual([
    { step: "Judge", action: "s3:DeleteObject", resource: "arn:aws:s3:::results/a" },
  ]);
});
