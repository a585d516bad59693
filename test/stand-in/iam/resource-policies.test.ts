import { describe, expect, test } from "vitest";
import { decideByResource } from "../../../stand-in/iam/resource-policies.ts";

const QUEUE = "arn:aws:sqs:rehearsal-1:000000000000:deliveries";
const ROLE = "arn:aws:iam::000000000000:role/deliver";
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const statement = (Effect: string, Principal: unknown, more = {}) => ({
  Effect,
  Principal,
  Action: "sqs:SendMessage",
  Resource: QUEUE,
  ...more,
});
const request = (context = {}) => ({ action: "sqs:SendMessage", resource: QUEUE, context });
const events = { service: "events.amazonaws.com" };

describe("a resource's policy", () => {
  test("allows the service that it names, under its conditions", () => {
    const ofRule = { Condition: { ArnEquals: { "aws:SourceArn": "arn:rule" } } };
    const text = policy(statement("Allow", { Service: "events.amazonaws.com" }, ofRule));
    expect(decideByResource(text, events, request({ "aws:SourceArn": "arn:rule" }))).toBe("allow");
    expect(decideByResource(text, events, request({ "aws:SourceArn": "arn:other" }))).toBe("nothing");
    expect(decideByResource(text, { service: "sns.amazonaws.com" }, request())).toBe("nothing");
  });

  test("that denies counts before one that allows", () => {
    const allow = statement("Allow", { Service: "events.amazonaws.com" });
    expect(decideByResource(policy(allow, statement("Deny", "*")), events, request())).toBe("deny");
    expect(decideByResource(policy(allow, statement("Deny", { AWS: "*" })), events, request())).toBe("deny");
  });

  test("knows a role by its ARN and by its account", () => {
    for (const AWS of [ROLE, ["arn:other", ROLE], "000000000000", "arn:aws:iam::000000000000:root"]) {
      expect(decideByResource(policy(statement("Deny", { AWS })), { roleArn: ROLE }, request())).toBe("deny");
    }
    expect(decideByResource(policy(statement("Deny", { AWS: "arn:other" })), { roleArn: ROLE }, request())).toBe(
      "nothing",
    );
  });

  test("that is not there says nothing", () => {
    expect(decideByResource(undefined, events, request())).toBe("nothing");
  });
});
