import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { lacksOfExtension } from "../../../../functions/changes/fis/extension.ts";

const LOCATION = "arn:aws:s3:::experiments/FisConfigs/";
const ready = {
  FunctionName: "checkout",
  Architectures: ["x86_64"],
  Layers: [{ Arn: "arn:aws:lambda:eu-central-1:1:layer:aws-fis-extension-x86_64:9" }],
  Environment: {
    Variables: { AWS_FIS_CONFIGURATION_LOCATION: LOCATION, AWS_LAMBDA_EXEC_WRAPPER: "/opt/aws-fis/bootstrap" },
  },
} satisfies FunctionConfiguration;
const lacks = (change: FunctionConfiguration) => lacksOfExtension({ ...ready, ...change }, LOCATION);
const withVariables = (variables: Record<string, string>) =>
  lacks({ Environment: { Variables: { ...ready.Environment.Variables, ...variables } } });

test("a function that has it lacks nothing", () => {
  expect(lacks({})).toEqual([]);
});

test.each([[undefined], [[]], [[{ Arn: "arn:aws:lambda:eu-central-1:1:layer:insights:1" }]]])(
  "without the layer (%j) it is told where its architecture's is named",
  (Layers) => {
    const { Layers: _layers, ...bare } = ready;
    expect(lacksOfExtension({ ...bare, ...(Layers ? { Layers } : {}) }, LOCATION)).toEqual([
      "function checkout has no FIS extension: add the layer that the SSM parameter /aws/service/fis/lambda-extension/AWS-FIS-extension-x86_64/1.x.x names",
    ]);
  },
);

test("without any variables it is told both, and what to set them to", () => {
  const { Environment: _environment, ...bare } = ready;
  expect(lacksOfExtension(bare, LOCATION)).toEqual([
    `AWS_FIS_CONFIGURATION_LOCATION of checkout is absent: set it to ${LOCATION}, where the experiment role may write`,
    expect.stringMatching(/^AWS_LAMBDA_EXEC_WRAPPER of checkout is absent: set it to \/opt\/aws-fis\/bootstrap/),
  ]);
});

test("a place to which the experiment role may not write is as bad as none", () => {
  expect(withVariables({ AWS_FIS_CONFIGURATION_LOCATION: "arn:aws:s3:::mine/FisConfigs/" })).toEqual([
    expect.stringContaining('is "arn:aws:s3:::mine/FisConfigs/": set it to'),
  ]);
});

test("an extension that asks more seldom than a game day waits is told to ask more often", () => {
  expect(withVariables({ AWS_FIS_SLOW_POLL_INTERVAL_SECONDS: "60" })).toEqual([]);
  expect(withVariables({ AWS_FIS_SLOW_POLL_INTERVAL_SECONDS: "300" })).toEqual([
    expect.stringMatching(/^AWS_FIS_SLOW_POLL_INTERVAL_SECONDS of checkout is "300": set it to 60 or less/),
  ]);
});
