import { expect, test } from "vitest";
import { TAGS } from "../../../workflows/names.ts";
import { ofType, synthesised, type TemplateResource } from "../../infra/synthesised.ts";

const { ordersReleases: resources } = synthesised();
const only = (type: string): TemplateResource => {
  const found = ofType(resources, type);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const fn = only("AWS::Lambda::Function");
const alias = only("AWS::Lambda::Alias");

test("its alias is of the version that the deployment publishes", () => {
  const version = only("AWS::Lambda::Version");
  expect(version.properties.FunctionName).toEqual({ Ref: fn.logicalId });
  expect(alias.properties).toEqual({
    Name: "live",
    FunctionName: { Ref: fn.logicalId },
    FunctionVersion: { "Fn::GetAtt": [version.logicalId, "Version"] },
  });
});

test("its API calls the alias, and may call nothing else", () => {
  expect(only("AWS::ApiGatewayV2::Integration").properties.IntegrationUri).toEqual({ Ref: alias.logicalId });
  expect(only("AWS::Lambda::Permission").properties.FunctionName).toEqual({ Ref: alias.logicalId });
});

test("its description names the alias and the function that has the tag for it", () => {
  const [separator, parts] = only("AWS::SSM::Parameter").properties.Value["Fn::Join"] as [string, (string | object)[]];
  const text = parts
    .map((part) => (typeof part === "string" ? part : Object.values(part).flat().join(".")))
    .join(separator);
  expect(JSON.parse(text)).toMatchObject({
    name: "orders-releases",
    functions: { "create-order": fn.logicalId },
    aliases: { live: { functionName: fn.logicalId, alias: "live" } },
  });
  expect(fn.properties.Tags).toEqual([{ Key: TAGS.target, Value: "orders-releases" }]);
});
