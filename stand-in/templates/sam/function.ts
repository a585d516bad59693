import type { TemplateResource } from "../cfn/assembly.ts";
import { statementOfTemplate } from "./policy-templates.ts";
import type { SamFunction } from "./serverless.ts";

type Resources = Record<string, TemplateResource>;

/** What Lambda itself is told, under the same names as in SAM. */
const SAME = [
  ...["Architectures", "Description", "Environment", "FunctionName", "Handler", "Layers", "MemorySize"],
  ...["ReservedConcurrentExecutions", "Runtime", "Timeout"],
];

/** A function of SAM's, and the role that it gets where it names none. */
export function functionResources(id: string, given: SamFunction, code: object): Resources {
  const same = Object.entries(given).filter(([key]) => SAME.includes(key));
  const roleId = `${id}Role`;
  const own: Resources = given.Role === undefined ? { [roleId]: roleOf(given) } : {};
  return {
    [id]: {
      Type: "AWS::Lambda::Function",
      Properties: {
        ...Object.fromEntries(same),
        Code: code,
        Role: given.Role ?? { "Fn::GetAtt": [roleId, "Arn"] },
        Tags: Object.entries(given.Tags).map(([Key, Value]) => ({ Key, Value })),
      },
    },
    ...own,
  };
}

/** Names of managed policies say nothing that could be played, but that a function may write its log. */
function roleOf({ Policies = [] }: SamFunction): TemplateResource {
  const policies = Array.isArray(Policies) ? Policies : [Policies];
  const documents = policies.flatMap((policy): object[] => {
    if (typeof policy !== "object" || policy === null) return [];
    if ("Statement" in policy) return [policy];
    return Object.entries(policy).flatMap(([name, parameters]) => {
      const statement = statementOfTemplate(name, parameters ?? {});
      return statement ? [{ Statement: [statement] }] : [];
    });
  });
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      Policies: documents.map((PolicyDocument, index) => ({ PolicyName: `Policy${index}`, PolicyDocument })),
    },
  };
}
