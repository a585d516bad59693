import { arn } from "./naming.ts";

/** Public parameters of SSM that templates ask for, each with what AWS has in it, as far as names go. */
const PARAMETERS: Record<string, string> = {
  "/aws/service/fis/lambda-extension/AWS-FIS-extension-arm64/1.x.x": arn("lambda", "layer:aws-fis-extension-arm64:1"),
  "/aws/service/fis/lambda-extension/AWS-FIS-extension-x86_64/1.x.x": arn("lambda", "layer:aws-fis-extension-x86_64:1"),
};

interface Parameter {
  readonly Type?: string;
  readonly Default?: unknown;
}

/** What CloudFormation puts in place of a template's parameter when nobody gives it a value. */
export const parameterValue = ({ Type, Default }: Parameter): unknown =>
  Type?.startsWith("AWS::SSM::Parameter::Value") ? (PARAMETERS[String(Default)] ?? Default) : Default;
