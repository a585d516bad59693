import { type Asked, createIdentities } from "../stand-in/iam/identities.ts";
import { matches, type Statement } from "../stand-in/iam/policies.ts";
import type { Graph } from "../stand-in/templates/cfn/graph.ts";

/** One action that a step's role allows, and whether the step was ever seen to ask for it. */
export interface Permission {
  readonly step: string;
  readonly action: string;
  /** What it is allowed on. */
  readonly resources: readonly string[];
  /** Keys that a condition looks at, such as `aws:ResourceTag/gameday:target`. */
  readonly conditions: readonly string[];
  readonly used: boolean;
}

/** A question that a role's policies answered with no. */
export interface Refusal {
  readonly step: string;
  readonly action: string;
  readonly resource: string;
}

/** Permissions that hardly any game day needs, by action or by step and action, and why they are there all the same. */
const IN_NEED: Readonly<Record<string, string>> = {
  "s3:ListBucket": "without it an object that is not there is AccessDenied instead of NoSuchKey",
  "cloudformation:DescribeStackEvents": "a stack that cannot be deleted is named with what refuses",
  "states:StopExecution": "a game day that still runs past its deadline is stopped by the sweep",
  "iam:CreateServiceLinkedRole": "the first FIS experiment of an account creates FIS' own role",
  "ReleaseLease dynamodb:GetItem": "what could not be verified is quarantined when five safety nets have tried",
};

/** Why a permission is there although hardly any game day needs it; undefined for those that are needed all the time. */
export const neededWhen = ({ step, action }: Pick<Permission, "step" | "action">): string | undefined =>
  IN_NEED[action] ?? IN_NEED[`${step} ${action}`];

/** What Lambda itself does under a function's role: no step asks for it. */
const OF_LAMBDA_ITSELF = /^(logs|xray):/;

/** What each step of the templates may do, beside what it was seen to ask for. */
export function permissionsOf(graph: Graph, asked: readonly Asked[]): Permission[] {
  const { statementsOf } = createIdentities(graph);
  return [...stepsByRole(graph)].flatMap(([roleArn, step]) => {
    const own = asked.filter((question) => question.roleArn === roleArn && question.allowed);
    return actionsIn(statementsOf(roleArn)).map(({ action, statements }) => ({
      step,
      action,
      resources: [...new Set(statements.flatMap(({ Resource }) => Resource))],
      conditions: [
        ...new Set(statements.flatMap(({ Condition }) => Object.values(Condition ?? {}).flatMap(Object.keys))),
      ],
      used: own.some((question) => matches(action.toLowerCase(), question.action.toLowerCase())),
    }));
  });
}

/** What a step asked for and may not. */
export function refusalsOf(graph: Graph, asked: readonly Asked[]): Refusal[] {
  const steps = stepsByRole(graph);
  return asked
    .filter(({ allowed, roleArn }) => !allowed && steps.has(roleArn))
    .map(({ roleArn, action, resource }) => ({ step: steps.get(roleArn)!, action, resource }));
}

/** The steps' roles: those of the functions that the state machines call, named as their constructs are. */
function stepsByRole(graph: Graph): Map<string, string> {
  const called = graph
    .ofType("AWS::StepFunctions::StateMachine")
    .flatMap(({ properties }) => Object.values((properties.DefinitionSubstitutions ?? {}) as Record<string, string>));
  return new Map(
    graph
      .ofType("AWS::Lambda::Function")
      .filter(({ arn }) => arn !== undefined && called.includes(arn))
      .map(({ properties, path }) => [String(properties.Role), path.split("/").at(-3) ?? path]),
  );
}

function actionsIn(statements: readonly Statement[]): { action: string; statements: Statement[] }[] {
  const actions = new Set(statements.flatMap(({ Action }) => Action));
  return [...actions]
    .filter((action) => !OF_LAMBDA_ITSELF.test(action))
    .sort()
    .map((action) => ({ action, statements: statements.filter(({ Action }) => [Action].flat().includes(action)) }));
}
