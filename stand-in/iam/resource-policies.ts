import { ACCOUNT } from "../templates/cfn/naming.ts";
import { decide, type Request, type Statement } from "./policies.ts";

type Principals = string | string[];
interface ResourceStatement extends Statement {
  readonly Principal: "*" | { readonly AWS?: Principals; readonly Service?: Principals };
}

/** Who calls: a service, a role, or nobody of whom more is known. */
export interface Principal {
  readonly service?: string;
  readonly roleArn?: string;
}

/**
 * What a resource's own policy says of a caller: a deny counts whatever the caller's role allows; a service has no role and
 * needs an allow (IAM user guide, "Policy evaluation logic").
 */
export function decideByResource(
  policy: string | undefined,
  principal: Principal,
  request: Request,
): "allow" | "deny" | "nothing" {
  const { Statement: found = [] } = JSON.parse(policy || "{}") as {
    Statement?: ResourceStatement | ResourceStatement[];
  };
  const { allowed, by } = decide(
    [found].flat().filter((statement) => concernsPrincipal(statement, principal)),
    request,
  );
  return allowed ? "allow" : by ? "deny" : "nothing";
}

function concernsPrincipal({ Principal: named }: ResourceStatement, { service, roleArn }: Principal): boolean {
  if (named === undefined) throw new Error("Policies of resources without Principal are not played.");
  if (named === "*") return true;
  const aws = [named.AWS ?? []].flat();
  if (aws.includes("*")) return true;
  if (service !== undefined) return [named.Service ?? []].flat().includes(service);
  const account = [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`];
  return roleArn !== undefined && aws.some((one) => one === roleArn || account.includes(one));
}
