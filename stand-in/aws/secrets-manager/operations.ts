import type { GetSecretValueCommandInput, GetSecretValueCommandOutput } from "@aws-sdk/client-secrets-manager";
import type { Graph } from "../../templates/cfn/graph.ts";
import { arn, type Types } from "../../templates/cfn/naming.ts";
import { secretValues } from "../../templates/cfn/secrets.ts";
import { operation, ServiceError } from "../operation.ts";
import type { Service } from "../service.ts";

/** The templates' secrets, with the values that their dynamic references have. */
export function createSecrets(graph: Graph, salt: string): Service {
  const resources = graph.ofType("AWS::SecretsManager::Secret");
  const values = secretValues(resources, salt);
  const find = (id: string | undefined) => resources.find(({ name, ref }) => ref === id || name === id);
  return {
    http: { endpoint: "SECRETS_MANAGER", jsonTarget: "secretsmanager" },
    operations: {
      GetSecretValue: operation<GetSecretValueCommandInput, GetSecretValueCommandOutput>({
        needs: ({ SecretId = "" }) => [
          { action: "secretsmanager:GetSecretValue", resource: find(SecretId)?.ref ?? SecretId },
        ],
        run: async ({ SecretId }) => {
          const secret = find(SecretId);
          if (!secret) {
            throw new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
          }
          return {
            ARN: secret.ref,
            Name: secret.name,
            SecretString: values.get(secret.ref),
            VersionStages: ["AWSCURRENT"],
          };
        },
      }),
    },
  };
}

export const secretsManagerTypes: Types = {
  "AWS::SecretsManager::Secret": {
    ref: ({ name }) => arn("secretsmanager", `secret:${name}`),
    attributes: { Id: ({ name }) => arn("secretsmanager", `secret:${name}`) },
  },
};
