import type { GetParameterCommandInput, GetParameterCommandOutput } from "@aws-sdk/client-ssm";
import type { IsThere, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { arn, byName, type Types } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import type { Service } from "../service.ts";

/**
 * How long a value may be, in bytes, by the tier that its resource has (Systems Manager user guide, "Managing parameter
 * tiers"). Intelligent tiering takes the advanced one, which is billed, for values that need it.
 */
const LONGEST: Readonly<Record<string, number>> = { Standard: 4096, Advanced: 8192, "Intelligent-Tiering": 8192 };

/** @param isThere whether a resource's stack has been brought up. Default: all are there from the beginning. */
export function createSsm(resources: readonly Resource[], isThere: IsThere = () => true): Service {
  for (const resource of resources) refuseTooLong(resource);
  const parameters = new Map(resources.map((resource) => [resource.name, resource]));
  return {
    http: { endpoint: "SSM", jsonTarget: "AmazonSSM" },
    operations: {
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
    },
  };
}

/** CloudFormation finds it out when it makes the parameter: the deployment fails. */
function refuseTooLong({ name, properties: { Value, Tier = "Standard" } }: Resource): void {
  const bytes = Buffer.byteLength(String(Value));
  const longest = LONGEST[String(Tier)];
  if (longest === undefined || bytes <= longest) return;
  throw new TemplateError(
    `Expected parameter ${name} to have ${longest} bytes at most (tier ${Tier}), found ${bytes}.`,
  );
}

export const ssmTypes: Types = {
  "AWS::SSM::Parameter": { ref: byName, attributes: {}, nameProperty: "Name" },
};
