import type { GetParameterCommandInput, GetParameterCommandOutput } from "@aws-sdk/client-ssm";
import { arn } from "../cfn/attributes.ts";
import type { IsThere, Resource } from "../cfn/graph.ts";
import { operation, type Service, ServiceError } from "./operation.ts";

/** @param isThere whether a resource's stack has been brought up. Default: all are there from the beginning. */
export function createSsm(resources: readonly Resource[], isThere: IsThere = () => true): Service {
  const parameters = new Map(resources.map((resource) => [resource.name, resource]));
  return {
    GetParameter: operation<GetParameterCommandInput, GetParameterCommandOutput>({
      needs: ({ Name }) => [
        { action: "ssm:GetParameter", resource: arn("ssm", `parameter/${Name?.replace(/^\//, "")}`) },
      ],
      run: async ({ Name }) => {
        const found = parameters.get(Name ?? "");
        if (!found || !isThere(found)) throw new ServiceError("ParameterNotFound", `Parameter ${Name} not found.`);
        return { Parameter: { Name, Value: String(found.properties.Value), Type: "String" } };
      },
    }),
  };
}
