import type { GetParameterCommandInput, GetParameterCommandOutput } from "@aws-sdk/client-ssm";
import { arn } from "../cfn/attributes.ts";
import type { Resource } from "../cfn/graph.ts";
import { operation, type Service, ServiceError } from "./operation.ts";

/** The templates' parameters. */
export function createSsm(resources: readonly Resource[]): Service {
  const parameters = new Map(resources.map(({ name, properties }) => [name, String(properties.Value)]));
  return {
    GetParameter: operation<GetParameterCommandInput, GetParameterCommandOutput>({
      needs: ({ Name }) => [
        { action: "ssm:GetParameter", resource: arn("ssm", `parameter/${Name?.replace(/^\//, "")}`) },
      ],
      run: async ({ Name }) => {
        const Value = parameters.get(Name ?? "");
        if (Value === undefined) throw new ServiceError("ParameterNotFound", `Parameter ${Name} not found.`);
        return { Parameter: { Name, Value, Type: "String" } };
      },
    }),
  };
}
