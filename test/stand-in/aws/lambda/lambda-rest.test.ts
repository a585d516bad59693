import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLambda } from "../../../../stand-in/aws/lambda/operations.ts";
import { Buckets } from "../../../../stand-in/aws/s3/operations.ts";
import { type Gateway, reserveGateway } from "../../../../stand-in/gateway/gateway.ts";
import { createIdentities } from "../../../../stand-in/iam/identities.ts";
import { graphOf } from "../../templates.ts";

const FunctionName = "orders";
const may = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: { "Fn::GetAtt": ["Orders", "Arn"] } });
const role = (...Statement: object[]) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: "p", PolicyDocument: { Version: "2012-10-17", Statement } }],
  },
});
const graph = graphOf({
  Orders: { Type: "AWS::Lambda::Function", Properties: { FunctionName, Role: "arn:role", Timeout: 7 } },
  Healer: role(may("lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration")),
  Reader: role(may("lambda:GetFunctionConfiguration")),
});
const identities = createIdentities(graph);
const lambda = createLambda({
  resources: graph.ofType("AWS::Lambda::Function"),
  takeEffect: async () => {},
  updateMs: 0,
});

let gateway: Gateway;
const clients: LambdaClient[] = [];
beforeAll(async () => {
  gateway = await reserveGateway();
  gateway.open({
    identities,
    buckets: new Buckets([]),
    tablesPort: 0,
    services: { lambda },
  });
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await gateway.stop();
});

function as(logicalId: string): LambdaClient {
  const { arn } = graph.resources.find((resource) => resource.logicalId === logicalId)!;
  const client = new LambdaClient({
    region: "rehearsal-1",
    endpoint: gateway.url,
    credentials: { accessKeyId: identities.of(arn!).accessKeyId, secretAccessKey: "stand-in" },
    maxAttempts: 1,
  });
  clients.push(client);
  return client;
}

describe("a hosted function that calls Lambda", () => {
  test("reads and writes a configuration, at the revision that it has read", async () => {
    const healer = as("Healer");
    const { RevisionId, Timeout } = await healer.send(new GetFunctionConfigurationCommand({ FunctionName }));
    expect(Timeout).toBe(7);
    const update = (variables: Record<string, string>) =>
      healer.send(
        new UpdateFunctionConfigurationCommand({ FunctionName, RevisionId, Environment: { Variables: variables } }),
      );
    expect((await update({ MODE: "well" })).Environment?.Variables).toEqual({ MODE: "well" });
    await expect(update({ MODE: "again" })).rejects.toMatchObject({ name: "PreconditionFailedException" });
  });

  test("may do what its role says and no more", async () => {
    const update = new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: {} } });
    await expect(as("Reader").send(update)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("hears by name what is not played", async () => {
    const invoke = new InvokeCommand({ FunctionName });
    await expect(as("Healer").send(invoke)).rejects.toThrow("does not play POST invocations");
  });
});
