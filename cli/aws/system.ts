import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { parseJson } from "../../workflows/json.ts";
import { PARAMETERS } from "../../workflows/names.ts";
import { System } from "../../workflows/system.ts";
import { UserError } from "../exit-codes.ts";

/** Where the SDK looks: AWS_REGION and the profile are its own; the AWS command line's variable is not. */
export const awsConfiguration = (): { region?: string } => {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  return region ? { region } : {};
};

/** Where the deployed gameday's parts are, in the account and region of whoever asks. */
export async function readSystem(): Promise<System> {
  const ssm = new SSMClient(awsConfiguration());
  const where = `the SSM parameter ${PARAMETERS.system}`;
  const next = "Deploy the stack there (npx cdk deploy GameDay), or choose another region or account.";
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: PARAMETERS.system }));
    const parsed = System.safeParse(parseJson(Parameter?.Value));
    if (parsed.success) return parsed.data;
    const missing = parsed.error.issues.map(({ path }) => path.join(".")).filter(Boolean);
    throw new UserError(
      `Expected the present stack's ${where}; found one without ${missing.join(", ") || "JSON in it"}. ${next}\nNothing was touched.`,
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ParameterNotFound") throw error;
    throw new UserError(
      `Expected ${where} in ${await ssm.config.region()}, which the game-day stack writes; found none. ${next}\nNothing was touched.`,
    );
  } finally {
    ssm.destroy();
  }
}
