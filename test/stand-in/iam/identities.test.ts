import { describe, expect, test } from "vitest";
import { AccessDenied, createIdentities } from "../../../stand-in/iam/identities.ts";
import { graphOf } from "../templates.ts";

const role = (policies: object[] = []) => ({ Type: "AWS::IAM::Role", Properties: { Policies: policies } });
const document = (...Statement: object[]) => ({ PolicyDocument: { Version: "2012-10-17", Statement } });
const get = { Effect: "Allow", Action: "ssm:GetParameter", Resource: "arn:aws:ssm:x:1:parameter/a" };

const graph = graphOf({
  Inline: role([document(get)]),
  Attached: role(),
  Nobody: role(),
  Policy: {
    Type: "AWS::IAM::Policy",
    Properties: { ...document(get, { ...get, Effect: "Deny", Action: "ssm:Put*" }), Roles: [{ Ref: "Attached" }] },
  },
});
const arnOf = (logicalId: string) => graph.resources.find((resource) => resource.logicalId === logicalId)!.arn!;
const reading = { action: "ssm:GetParameter", resource: "arn:aws:ssm:x:1:parameter/a", context: {} };

describe("a role of the templates", () => {
  test("may what its own policies and those attached to it say", () => {
    const identities = createIdentities(graph);
    identities.authorise(identities.of(arnOf("Inline")), reading);
    identities.authorise(identities.of(arnOf("Attached")), reading);
  });

  test("is denied with AWS's own error, which names who, what and which", () => {
    const identities = createIdentities(graph);
    const denied = () => identities.authorise(identities.of(arnOf("Nobody")), reading);
    expect(denied).toThrow(AccessDenied);
    expect(denied).toThrow(
      `${arnOf("Nobody")} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:x:1:parameter/a because no identity-based policy allows the ssm:GetParameter action`,
    );
    try {
      denied();
    } catch (error) {
      expect(error).toMatchObject({ name: "AccessDeniedException", $metadata: { httpStatusCode: 403 } });
    }
  });

  test("is told when it is an explicit deny", () => {
    const identities = createIdentities(graph);
    const writing = { ...reading, action: "ssm:PutParameter" };
    expect(() => identities.authorise(identities.of(arnOf("Attached")), writing)).toThrow("with an explicit deny");
  });

  test("is known by the key that its requests are signed with, and each has its own", () => {
    const identities = createIdentities(graph);
    const keys = ["Inline", "Attached", "Nobody"].map((id) => identities.of(arnOf(id)).accessKeyId);
    expect(new Set(keys).size).toBe(3);
    expect(identities.byAccessKey(keys[1]!)?.roleArn).toBe(arnOf("Attached"));
    expect(identities.byAccessKey("AKIAUNKNOWN")).toBeUndefined();
  });

  test("that is not in the templates is nobody", () => {
    expect(() => createIdentities(graph).of("arn:aws:iam::1:role/other")).toThrow("There is no role");
  });
});

test("every question and its answer is remembered", () => {
  const identities = createIdentities(graph);
  identities.authorise(identities.of(arnOf("Inline")), reading);
  expect(() => identities.authorise(identities.of(arnOf("Nobody")), reading)).toThrow();
  expect(identities.asked).toEqual([
    { ...reading, roleArn: arnOf("Inline"), allowed: true },
    { ...reading, roleArn: arnOf("Nobody"), allowed: false },
  ]);
});
