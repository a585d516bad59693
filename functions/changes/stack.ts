import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import * as z from "zod";
import { TAGS } from "../../workflows/names.ts";
import type { DeployedStack } from "../../workflows/result.ts";
import type { PlannedStack } from "../../workflows/stack.ts";
import type { Plan } from "../../workflows/state.ts";
import { type Entry, isStack } from "../journal/entry.ts";
import { startedByOf } from "../load/tasks.ts";
import { ChangedMeanwhile, NotDeployed } from "../runtime/errors.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { ChangeKind, Scene } from "./kind.ts";
import { placeOf } from "./place.ts";

/** Templates of CDK make roles, and may name them. */
const CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"] as const;

type CloudFormation = Pick<Scene, "clients">;

/** A target whose stack is brought up for the game day and taken down after it, in whatever state it is by then. */
export const stack: ChangeKind<unknown, null> = {
  before: z.null(),

  // Nothing stands before: Preflight has seen that there is no stack of that name.
  snapshot: async () => null,

  async apply(_spec, _before, scene) {
    const { own, plan } = ownOf(scene);
    await scene.fence();
    await create(plan, own, scene);
  },

  async prove(_spec, _before, scene) {
    const { own, plan, entry, clock } = ownOf(scene);
    const found = await findStack(own.stackName, scene);
    if (found && !isOf(plan, found)) throw somebodyElses(own, found);
    const status = found?.StackStatus;
    if (status === "CREATE_COMPLETE") return { acting: true, evidence: [`stack ${found?.StackId} is ${status}`] };
    // It may not be listed yet.
    if (status !== undefined && status !== "CREATE_IN_PROGRESS") throw await failed(own, status, scene);
    if (entry && clock.now().getTime() - Date.parse(entry.intendedAt) > own.allowanceSeconds * 1000) {
      throw new NotDeployed(
        `stack ${own.stackName} to be up after ${own.allowanceSeconds} s`,
        status ?? "no such stack",
        "It is taken down again; look at its events.",
      );
    }
    return { acting: false, evidence: [`stack ${own.stackName} is ${status ?? "not listed yet"}`] };
  },

  async undo(_spec, _before, scene) {
    const { own, plan } = ownOf(scene);
    const found = await findStack(own.stackName, scene);
    if (!found) return [];
    if (!isOf(plan, found)) {
      return [{ what: `stack ${own.stackName}`, ours: `tagged ${TAGS.id}=${plan.id}`, found: markText(found) }];
    }
    if (found.StackStatus !== "DELETE_IN_PROGRESS") await remove(found, scene);
    return [];
  },

  async check(_spec, _before, scene) {
    const { own, plan } = ownOf(scene);
    const what = `stack ${own.stackName} of this game day is gone`;
    const found = await findStack(own.stackName, scene);
    if (!found) return { settled: true, checks: [{ what, ok: true, detail: "CloudFormation knows none" }] };
    if (!isOf(plan, found)) return { settled: true, checks: [{ what, ok: true, detail: markText(found) }] };
    const status = found.StackStatus ?? "";
    const refusing = status === "DELETE_FAILED" ? await reasonsOf(own.stackName, "DELETE", scene) : [];
    const detail = [`it is ${status}`, ...refusing].join("; ");
    return {
      settled: status !== "DELETE_IN_PROGRESS",
      checks: [{ what, ok: false, detail }],
      // It takes minutes to go: looks every few seconds would fill the execution's history.
      waitSeconds: plan.watchSeconds,
    };
  },

  byHand(_spec, _before, scene) {
    const { stackName } = ownOf(scene).own;
    return [
      `aws cloudformation describe-stack-events --stack-name ${stackName} --output text --query "StackEvents[?ResourceStatus=='DELETE_FAILED'].[LogicalResourceId,ResourceStatusReason]"`,
      `aws cloudformation delete-stack --stack-name ${stackName}`,
      `aws cloudformation wait stack-delete-complete --stack-name ${stackName}`,
    ];
  },
};

function ownOf(scene: Scene) {
  const place = placeOf(scene);
  const { stack: own } = place.plan;
  if (!own) throw new NotDeployed("a plan with a stack of its own", "none", "Plan finds it by the target's name.");
  return { ...place, own };
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

/** What the report says of it, from the journal; nothing when no stack was asked for. */
export function deployedStack({ stack }: Plan, entries: readonly Entry[]): { deployed?: DeployedStack } {
  const entry = entries.find(({ change }) => isStack(change));
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

async function create(plan: Plan, own: PlannedStack, scene: CloudFormation): Promise<void> {
  try {
    await scene.clients.cloudformation.send(
      new CreateStackCommand({
        StackName: own.stackName,
        TemplateURL: own.templateUrl,
        RoleARN: own.roleArn,
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
    const found = await findStack(own.stackName, scene);
    if (found && isOf(plan, found)) return;
    throw found ? somebodyElses(own, found) : error;
  }
}

const ALREADY: ReadonlySet<string> = new Set(["AlreadyExistsException", "TokenAlreadyExistsException"]);

/** By its id, so that a stack that somebody else has made of that name meanwhile is not meant. */
async function remove({ StackId, StackStatus }: Stack, { clients, fence }: Scene): Promise<void> {
  await fence();
  try {
    await clients.cloudformation.send(new DeleteStackCommand({ StackName: StackId }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ValidationError") throw error;
    throw new ChangedMeanwhile(`stack ${StackId} to take its deletion`, `it ${StackStatus}`, error.message, {
      cause: error,
    });
  }
}

export const isOf = ({ id }: Plan, stack: Stack): boolean => gameDayOf(stack) === id;

const markText = (stack: Stack): string => {
  const gameDay = gameDayOf(stack);
  return `${stack.StackId}, which is ${gameDay === undefined ? "no game day's" : `game day ${gameDay}'s`}`;
};

const somebodyElses = ({ stackName }: PlannedStack, found: Stack) =>
  new NotDeployed(`no stack ${stackName} before the game day's own`, markText(found), "It is left alone.");

async function failed({ stackName }: PlannedStack, status: string, scene: CloudFormation) {
  const reasons = await reasonsOf(stackName, "CREATE", scene);
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
