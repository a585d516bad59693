import type { Service } from "../aws/service.ts";
import type { Identities } from "../iam/identities.ts";
import { REGION } from "../templates/cfn/naming.ts";

/** What the SDK in a hosted function or task reads: who it is, and where the stand-in answers for the services that it plays. */
export const sdkVariables = (
  identities: Identities,
  roleArn: string,
  url: string,
  services: Readonly<Record<string, Service>>,
): Record<string, string> => ({
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: identities.of(roleArn).accessKeyId,
  AWS_SECRET_ACCESS_KEY: "stand-in",
  ...Object.fromEntries(
    Object.values(services).flatMap(({ http }) => (http ? [[`AWS_ENDPOINT_URL_${http.endpoint}`, url]] : [])),
  ),
});
