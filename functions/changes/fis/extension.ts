import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { SLOWEST_POLL_SECONDS } from "../../../workflows/fis.ts";

/** The wrapper through which the extension gets at invocations (FIS user guide, "Use the AWS FIS aws:lambda:function actions"). */
const WRAPPER = "/opt/aws-fis/bootstrap";
const LAYER = /:layer:aws-fis-extension/i;

/** What a function lacks for FIS to inject faults into it, each with what to do about it; empty when nothing. */
export function lacksOfExtension(configuration: FunctionConfiguration, location: string): string[] {
  const { FunctionName: name, Layers = [], Architectures = ["arm64"], Environment } = configuration;
  const variables = Environment?.Variables ?? {};
  const found = (variable: string) => (variables[variable] === undefined ? "absent" : `"${variables[variable]}"`);
  const problems: string[] = [];
  if (!Layers.some(({ Arn = "" }) => LAYER.test(Arn))) {
    const parameter = `/aws/service/fis/lambda-extension/AWS-FIS-extension-${Architectures[0]}/1.x.x`;
    problems.push(`function ${name} has no FIS extension: add the layer that the SSM parameter ${parameter} names`);
  }
  if (variables.AWS_FIS_CONFIGURATION_LOCATION !== location) {
    problems.push(
      `AWS_FIS_CONFIGURATION_LOCATION of ${name} is ${found("AWS_FIS_CONFIGURATION_LOCATION")}: set it to ${location}, where the experiment role may write`,
    );
  }
  if (variables.AWS_LAMBDA_EXEC_WRAPPER !== WRAPPER) {
    problems.push(
      `AWS_LAMBDA_EXEC_WRAPPER of ${name} is ${found("AWS_LAMBDA_EXEC_WRAPPER")}: set it to ${WRAPPER}, else experiments run and nothing happens`,
    );
  }
  if (Number(variables.AWS_FIS_SLOW_POLL_INTERVAL_SECONDS ?? SLOWEST_POLL_SECONDS) > SLOWEST_POLL_SECONDS) {
    problems.push(
      `AWS_FIS_SLOW_POLL_INTERVAL_SECONDS of ${name} is ${found("AWS_FIS_SLOW_POLL_INTERVAL_SECONDS")}: set it to ${SLOWEST_POLL_SECONDS} or less, since a game day waits no longer for the extension`,
    );
  }
  return problems;
}
