import { GetParameterCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { clientOf, type Interference } from "../../../stand-in/aws/operation.ts";
import { createSsm } from "../../../stand-in/aws/ssm/operations.ts";
import { createIdentities } from "../../../stand-in/iam/identities.ts";
import { graphOf } from "../templates.ts";

const graph = graphOf({
  Parameter: { Type: "AWS::SSM::Parameter", Properties: { Name: "/gameday/targets/orders", Value: "{}" } },
  Reader: {
    Type: "AWS::IAM::Role",
    Properties: {
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Effect: "Allow",
                Action: "ssm:GetParameter",
                Resource: {
                  "Fn::Sub": "arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/gameday/targets/*",
                },
              },
            ],
          },
        },
      ],
    },
  },
  Nobody: { Type: "AWS::IAM::Role" },
});

function clientFor(role: string, interfere: Interference = (_call, make) => make()) {
  const identities = createIdentities(graph);
  const identity = identities.of(graph.resources.find(({ logicalId }) => logicalId === role)!.arn!);
  return clientOf<SSMClient>(
    createSsm(graph.ofType("AWS::SSM::Parameter")).operations,
    { step: "Plan", state: "Plan", input: {}, over: false },
    { service: "ssm", identity, identities, interfere },
  );
}
const read = new GetParameterCommand({ Name: "/gameday/targets/orders" });

test("a call that is allowed is answered as the SDK would", async () => {
  expect(await clientFor("Reader").send(read)).toMatchObject({
    Parameter: { Name: "/gameday/targets/orders", Value: "{}" },
    $metadata: { httpStatusCode: 200 },
  });
});

test("a call that is not allowed never gets to the service", async () => {
  await expect(clientFor("Nobody").send(read)).rejects.toMatchObject({ name: "AccessDeniedException" });
  const elsewhere = new GetParameterCommand({ Name: "/other" });
  await expect(clientFor("Reader").send(elsewhere)).rejects.toThrow("parameter/other");
});

test("what the service does not have is the service's own error", async () => {
  const missing = new GetParameterCommand({ Name: "/gameday/targets/none" });
  await expect(clientFor("Reader").send(missing)).rejects.toMatchObject({ name: "ParameterNotFound" });
});

test("an operation that is not played is an error that names it", async () => {
  const put = new PutParameterCommand({ Name: "a", Value: "b" });
  await expect(clientFor("Reader").send(put)).rejects.toThrow(
    "The stand-in region does not play PutParameter. It plays GetParameter.",
  );
});

test("a call can be made to fail on its way, by who calls what", async () => {
  const busy = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
  const seen: object[] = [];
  const client = clientFor("Reader", async ({ invocation, operation }) => {
    seen.push({ step: invocation.step, operation });
    throw busy;
  });
  await expect(client.send(read)).rejects.toBe(busy);
  expect(seen).toEqual([{ step: "Plan", operation: "GetParameter" }]);
});

test("an invocation whose time is up does nothing any more", async () => {
  const identities = createIdentities(graph);
  const identity = identities.of(graph.resources.find(({ logicalId }) => logicalId === "Reader")!.arn!);
  let made = 0;
  const interfere: Interference = (_call, make) => {
    made++;
    return make();
  };
  const client = clientOf<SSMClient>(
    createSsm(graph.ofType("AWS::SSM::Parameter")).operations,
    { step: "Plan", state: "Plan", input: {}, over: true },
    { service: "ssm", identity, identities, interfere },
  );
  const answer = await Promise.race([client.send(read), new Promise((done) => setImmediate(() => done("no answer")))]);
  expect(answer).toBe("no answer");
  expect(made).toBe(0);
});
