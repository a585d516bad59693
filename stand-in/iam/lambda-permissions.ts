import type { Graph } from "../templates/cfn/graph.ts";
import { AccessDenied } from "./identities.ts";
import { matches } from "./policies.ts";

/** What `AWS::Lambda::Permission` says. */
interface RawPermission {
  readonly Action: string;
  readonly FunctionName: string;
  readonly Principal: string;
  readonly SourceArn?: string;
}

/**
 * A rule has no role to call a function with: the function's own policy has to let it. Throws AWS's error when no
 * `AWS::Lambda::Permission` of the templates does.
 */
export function authoriseRule(graph: Graph, ruleArn: string, functionArn: string): void {
  const name = graph.byArn(functionArn)?.name;
  const allowed = graph
    .ofType("AWS::Lambda::Permission")
    .map(({ properties }) => properties as unknown as RawPermission)
    .some(
      ({ Action, FunctionName, Principal, SourceArn = "*" }) =>
        Action === "lambda:InvokeFunction" &&
        (FunctionName === functionArn || FunctionName === name) &&
        Principal === "events.amazonaws.com" &&
        matches(SourceArn, ruleArn),
    );
  if (allowed) return;
  throw new AccessDenied(
    `events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} for ${ruleArn} because no resource-based policy allows the lambda:InvokeFunction action`,
  );
}

/**
 * Whether API Gateway may call the function for this method or route. Without a permission it answers 500, and the function
 * never hears of it.
 */
export const apiMayInvoke = (graph: Graph, functionArn: string, source: string): boolean =>
  graph
    .ofType("AWS::Lambda::Permission")
    .map(({ properties }) => properties as unknown as RawPermission)
    .some(
      ({ FunctionName, Principal, SourceArn = "*" }) =>
        (FunctionName === functionArn || functionArn.endsWith(`:function:${FunctionName}`)) &&
        Principal === "apigateway.amazonaws.com" &&
        matches(SourceArn, source),
    );
