import type { Graph } from "../templates/cfn/graph.ts";
import { TemplateError } from "../templates/cfn/intrinsics.ts";
import { concerns, decide, type Request, type Statement } from "./policies.ts";

/** A role of the templates as somebody who calls. */
export interface Identity {
  readonly roleArn: string;
  /** What the caller's requests are signed with: how the gateway knows who calls over HTTP. */
  readonly accessKeyId: string;
}

/** One question to IAM and its answer, for the report on permissions. */
export interface Asked extends Request {
  readonly roleArn: string;
  readonly allowed: boolean;
}

export interface Identities {
  of(roleArn: string): Identity;
  byAccessKey(accessKeyId: string): Identity | undefined;
  /** What the role's policies in the template say, resolved. */
  statementsOf(roleArn: string): readonly Statement[];
  /** Throws AWS's own error when the role's policies in the template do not allow it. */
  authorise(identity: Identity, request: Request): void;
  readonly asked: readonly Asked[];
}

/** AWS's answer to somebody who may not. */
export class AccessDenied extends Error {
  override readonly name = "AccessDeniedException";
  readonly $fault = "client" as const;
  readonly $metadata = { httpStatusCode: 403 };
}

interface InlinePolicy {
  PolicyDocument: { Statement: Statement | Statement[] };
}

export function createIdentities(graph: Graph): Identities {
  const statements = new Map<string, Statement[]>();
  const identities = new Map<string, Identity>();
  for (const [index, role] of graph.ofType("AWS::IAM::Role").entries()) {
    const roleArn = role.arn ?? "";
    identities.set(roleArn, { roleArn, accessKeyId: `AKIAREHEARSAL${String(index).padStart(7, "0")}` });
    const own = (role.properties.Policies ?? []) as InlinePolicy[];
    const attached = graph
      .ofType("AWS::IAM::Policy")
      .filter((policy) => ((policy.properties.Roles ?? []) as string[]).includes(role.name))
      .map((policy) => policy.properties as unknown as InlinePolicy);
    statements.set(
      roleArn,
      [...own, ...attached]
        .flatMap((policy) => policy.PolicyDocument.Statement)
        .map((statement) => played(statement, role.path)),
    );
  }
  /** A role's statements on one action: few, and asked for with every call. */
  const onAction = new Map<string, Statement[]>();
  const statementsOn = (roleArn: string, action: string): Statement[] => {
    const key = `${roleArn} ${action}`;
    const known = onAction.get(key);
    if (known) return known;
    const found = (statements.get(roleArn) ?? []).filter((statement) => concerns(statement, action));
    onAction.set(key, found);
    return found;
  };
  const byKey = new Map([...identities.values()].map((identity) => [identity.accessKeyId, identity]));
  const asked: Asked[] = [];
  return {
    asked,
    of(roleArn) {
      const identity = identities.get(roleArn);
      if (!identity) throw new Error(`There is no role ${roleArn} in the templates.`);
      return identity;
    },
    statementsOf: (roleArn) => statements.get(roleArn) ?? [],
    byAccessKey: (accessKeyId) => byKey.get(accessKeyId),
    authorise(identity, request) {
      const { allowed, by } = decide(statementsOn(identity.roleArn, request.action), request);
      asked.push({ ...request, roleArn: identity.roleArn, allowed });
      if (allowed) return;
      const why = by ? "with an explicit deny" : `because no identity-based policy allows the ${request.action} action`;
      throw new AccessDenied(
        `${identity.roleArn} is not authorized to perform: ${request.action} on resource: ${request.resource} ${why}`,
      );
    },
  };
}

/** Throws for a statement of a form that is not played: to guess what it allows would be worse. */
function played(statement: Statement, path: string): Statement {
  const unknown = ["NotAction", "NotResource", "Principal"].find((key) => key in statement);
  if (unknown) throw new TemplateError(`Role ${path}: policy statements with ${unknown} are not played.`);
  return statement;
}
