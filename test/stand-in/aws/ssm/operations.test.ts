import { expect, test } from "vitest";
import { createSsm } from "../../../../stand-in/aws/ssm/operations.ts";
import { graphOf } from "../../templates.ts";

const parameter = (bytes: number, Tier?: string) => {
  const Properties = { Name: "/gameday/targets/orders", Value: "é".repeat(bytes / 2), ...(Tier && { Tier }) };
  return () => createSsm(graphOf({ Parameter: { Type: "AWS::SSM::Parameter", Properties } }).resources);
};

test("a value that is too long for its tier keeps the region from coming up, as it does a deployment", () => {
  expect(parameter(4096)).not.toThrow();
  expect(parameter(4098)).toThrow("/gameday/targets/orders to have 4096 bytes at most (tier Standard), found 4098");
  expect(parameter(8192, "Intelligent-Tiering")).not.toThrow();
  expect(parameter(8194, "Intelligent-Tiering")).toThrow("8192 bytes at most");
});
