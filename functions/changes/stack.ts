import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import { TAGS } from "../../workflows/names.ts";
import type { DeployedStack } from "../../workflows/result.ts";
import type { PlannedStack } from "../../workflows/stack.ts";
import type { Look, Plan, PlannedFault } from "../../workflows/state.ts";
import type { Change, Entry } from "../journal/entry.ts";
import type { Undo } from "../journal/undo.ts";
import { startedByOf } from "../load/tasks.ts";
import { ChangedMeanwhile, NotDeployed } from "../runtime/errors.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { Runtime } from "../runtime/step.ts";

/** Templates of CDK make roles, and may name them. */
const CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"] as const;

type CloudFormation = Pick<Runtime, "clients">;

/** One look: asks for the stack, once; then, whether all of it is there. Throws {@link NotDeployed} when it will not be. */
export async function bringUp(plan: Plan, stack: PlannedStack, runtime: Runtime): Promise<Look> {
  const { journal, clock } = runtime;
  const change: Change = { kind: "deployment", deployment: plan.deploy };
  // Nothing stands before: Preflight has seen that there is no stack of that name.
  const entry = (await journal.find(plan.id, change)) ?? (await journal.intend(plan.id, change, null));
  if (entry.state === "intended") {
    await runtime.leases.mayChange(plan.target.name, plan.id);
    await create(plan, stack, runtime);
    await journal.applied(entry);
    return look(plan, `stack ${stack.stackName} is asked for`);
  }
  const found = await findStack(stack.stackName, runtime);
  if (found && !isOf(plan, found)) throw somebodyElses(stack, found);
  const status = found?.StackStatus;
  if (status === "CREATE_COMPLETE") {
    if (!entry.inEffectAt) await journal.inEffect(entry, clock.now(), [`stack ${found?.StackId} is ${status}`]);
    return { done: true, waitSeconds: 1, saw: `stack ${stack.stackName} is up` };
  }
  // It may not be listed yet.
  if (status !== undefined && status !== "CREATE_IN_PROGRESS") throw await failed(stack, status, runtime);
  if (clock.now().getTime() - Date.parse(entry.intendedAt) > stack.allowanceSeconds * 1000) {
    throw new NotDeployed(
      `stack ${stack.stackName} to be up after ${stack.allowanceSeconds} s`,
      status ?? "no such stack",
      "It is taken down again; look at its events.",
    );
  }
  return look(plan, `stack ${stack.stackName} is ${status ?? "not listed yet"}`);
}

/** The stack of that name, if there is one. */
export async function findStack(stackName: string, { clients }: CloudFormation): Promise<Stack | undefined> {
  try {
    const { Stacks } = await clients.cloudformation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.find(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE");
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

/** Which game day has brought the stack up; undefined for one that none has. */
export const gameDayOf = ({ Tags }: Stack): string | undefined => Tags?.find(({ Key }) => Key === TAGS.id)?.Value;

/** Takes the stack down, in whatever state it is, and looks whether it is gone. What is not the game day's is left alone. */
export function undoStack(plan: Plan, stack: PlannedStack, runtime: Runtime): Undo {
  const { stackName } = stack;
  return {
    async undo() {
      const found = await findStack(stackName, runtime);
      if (!found) return [];
      if (!isOf(plan, found)) {
        return [{ what: `stack ${stackName}`, ours: `tagged ${TAGS.id}=${plan.id}`, found: markText(found) }];
      }
      if (found.StackStatus !== "DELETE_IN_PROGRESS") await remove(found, plan, runtime);
      return [];
    },
    async check() {
      const what = `stack ${stackName} of this game day is gone`;
      const found = await findStack(stackName, runtime);
      if (!found) return { settled: true, checks: [{ what, ok: true, detail: "CloudFormation knows none" }] };
      if (!isOf(plan, found)) return { settled: true, checks: [{ what, ok: true, detail: markText(found) }] };
      const status = found.StackStatus ?? "";
      const refusing = status === "DELETE_FAILED" ? await reasonsOf(stackName, "DELETE", runtime) : [];
      const detail = [`it is ${status}`, ...refusing].join("; ");
      return { settled: status !== "DELETE_IN_PROGRESS", checks: [{ what, ok: false, detail }] };
    },
    byHand: () => [
      `aws cloudformation describe-stack-events --stack-name ${stackName} --output text --query "StackEvents[?ResourceStatus=='DELETE_FAILED'].[LogicalResourceId,ResourceStatusReason]"`,
      `aws cloudformation delete-stack --stack-name ${stackName}`,
      `aws cloudformation wait stack-delete-complete --stack-name ${stackName}`,
    ],
  };
}

/** The undo of what is on the stack: once the stack goes, it goes with it, and there is nothing left to look at. */
export function undoneWith(
  plan: Plan,
  stack: PlannedStack,
  { name }: PlannedFault,
  undo: Undo,
  runtime: Runtime,
): Undo {
  const stands = async () => {
    const found = await findStack(stack.stackName, runtime);
    return found !== undefined && isOf(plan, found) && !found.StackStatus?.startsWith("DELETE_");
  };
  return {
    ...undo,
    undo: async () => ((await stands()) ? undo.undo() : []),
    async check() {
      if (await stands()) return undo.check();
      const detail = `it goes with stack ${stack.stackName}`;
      return { settled: true, checks: [{ what: `nothing of fault "${name}" is left`, ok: true, detail }] };
    },
  };
}

/** What the report says of it, from the journal; nothing when no stack was asked for. */
export function deployedStack({ stack }: Plan, entries: readonly Entry[]): { deployed?: DeployedStack } {
  const entry = entries.find(({ change }) => change.kind === "deployment");
  if (!stack || !entry) return {};
  const between = (from: string | undefined, to: string | undefined) =>
    from === undefined || to === undefined ? undefined : (Date.parse(to) - Date.parse(from)) / 1000;
  const secondsUp = between(entry.intendedAt, entry.inEffectAt);
  const secondsDown = between(entry.undoneAt, entry.restoredAt);
  return {
    deployed: {
      stack: stack.stackName,
      ...(secondsUp === undefined ? {} : { secondsUp }),
      ...(secondsDown === undefined ? {} : { secondsDown }),
    },
  };
}

async function create(plan: Plan, stack: PlannedStack, runtime: Runtime): Promise<void> {
  try {
    await runtime.clients.cloudformation.send(
      new CreateStackCommand({
        StackName: stack.stackName,
        TemplateURL: stack.templateUrl,
        RoleARN: stack.roleArn,
        Capabilities: [...CAPABILITIES],
        Tags: [{ Key: TAGS.id, Value: plan.id }],
        // What was made stays until the undo, so that the undo finds one state to end, and people the reason.
        OnFailure: "DO_NOTHING",
        // Letters, digits and - alone, at most 128 of them, which a game day's id need not be.
        ClientRequestToken: startedByOf(plan.id),
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || !ALREADY.has(error.name)) throw error;
    // The answer to an earlier attempt was lost.
    const found = await findStack(stack.stackName, runtime);
    if (found && isOf(plan, found)) return;
    throw found ? somebodyElses(stack, found) : error;
  }
}

const ALREADY: ReadonlySet<string> = new Set(["AlreadyExistsException", "TokenAlreadyExistsException"]);

/** By its id, so that a stack that somebody else has made of that name meanwhile is not meant. */
async function remove({ StackId, StackStatus }: Stack, plan: Plan, { clients, leases }: Runtime): Promise<void> {
  await leases.mayUndo(plan.target.name, plan.id);
  try {
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: StackId }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ValidationError") throw error;
    throw new ChangedMeanwhile(`stack ${StackId} to take its deletion`, `it ${StackStatus}`, error.message, {
      cause: error,
    });
  }
}

const isOf = ({ id }: Plan, stack: Stack): boolean => gameDayOf(stack) === id;

const markText = (stack: Stack): string => {
  const gameDay = gameDayOf(stack);
  return `${stack.StackId}, which is ${gameDay === undefined ? "no game day's" : `game day ${gameDay}'s`}`;
};

const look = ({ watchSeconds }: Plan, saw: string): Look => ({
  ...{ done: false, waitSeconds: Math.min(watchSeconds, 10), saw },
});

const somebodyElses = ({ stackName }: PlannedStack, found: Stack) =>
  new NotDeployed(`no stack ${stackName} before the game day's own`, markText(found), "It is left alone.");

async function failed({ stackName }: PlannedStack, status: string, runtime: Runtime) {
  const reasons = await reasonsOf(stackName, "CREATE", runtime);
  return new NotDeployed(
    `stack ${stackName} to come up`,
    [`it ${status}`, ...reasons.slice(0, 1)].join("; "),
    "It is taken down again; its events say more.",
  );
}

/** What failed, and why, in the order in which it did; not what was given up because of it. */
async function reasonsOf(stackName: string, what: "CREATE" | "DELETE", { clients }: CloudFormation) {
  const pages = await pagesOf(
    (NextToken) =>
      clients.cloudformation.send(
        new DescribeStackEventsCommand({ StackName: stackName, ...(NextToken ? { NextToken } : {}) }),
      ),
    (page) => page.NextToken,
  );
  const texts = pages
    .flatMap(({ StackEvents }) => StackEvents ?? [])
    .reverse()
    .filter((event) => event.ResourceStatus === `${what}_FAILED` && isCause(event))
    .map(({ LogicalResourceId, ResourceStatusReason = "no reason given" }) => {
      return `${LogicalResourceId}: ${ResourceStatusReason}`;
    });
  return [...new Set(texts)];
}

/** Its own event repeats which resources failed; a cancelled resource failed because another one did. */
const isCause = ({ ResourceType, ResourceStatusReason = "" }: StackEvent): boolean =>
  ResourceType !== "AWS::CloudFormation::Stack" && !/cancelled/.test(ResourceStatusReason);

const isNotThere = (error: unknown): boolean =>
  error instanceof Error && error.name === "ValidationError" && error.message.includes("does not exist");
