import type { Identities } from "../iam/identities.ts";
import { REGION } from "../templates/cfn/naming.ts";

/** The services that the gateway plays, as the SDK names them in the environment. */
const SERVICES = ["DYNAMODB", "EVENTBRIDGE", "LAMBDA", "S3", "SECRETS_MANAGER", "SQS", "SSM"];

/** What the SDK in a hosted function or task reads: who it is, and where the stand-in answers. */
export const sdkVariables = (identities: Identities, roleArn: string, url: string): Record<string, string> => ({
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: identities.of(roleArn).accessKeyId,
  AWS_SECRET_ACCESS_KEY: "stand-in",
  ...Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, url])),
});
