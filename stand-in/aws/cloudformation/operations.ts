import { randomUUID } from "node:crypto";
import type {
  CreateStackCommandInput,
  CreateStackCommandOutput,
  DeleteStackCommandInput,
  DeleteStackCommandOutput,
  DescribeStackEventsCommandInput,
  DescribeStackEventsCommandOutput,
  DescribeStacksCommandInput,
  DescribeStacksCommandOutput,
  ResourceStatus,
  Stack,
  StackEvent,
  StackStatus,
} from "@aws-sdk/client-cloudformation";
import { arn } from "../../templates/cfn/naming.ts";
import type { Needs, Operations } from "../operation.ts";
import { operation, ServiceError } from "../operation.ts";

/** A stack that somebody asked for, until long after it is gone. Plain values: it is kept as JSON. */
export interface StackRecord {
  readonly id: string;
  readonly name: string;
  readonly token: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** ISO 8601, as all times here. */
  readonly createdAt: string;
  status: StackStatus;
  deletedAt?: string;
  /** The newest first. */
  readonly events: EventRecord[];
}

interface EventRecord {
  readonly id: string;
  readonly at: string;
  readonly logicalId: string;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason?: string;
}

/** What becomes of one creation or deletion. */
export interface Fate {
  /** How long it takes, milliseconds. */
  readonly afterMs: number;
  /** The resource because of which it comes to nothing. */
  readonly fails?: { readonly logicalId: string; readonly type: string; readonly reason: string };
}

export interface CloudFormationOptions {
  /** Names of the stacks that game days bring up: they are not there before. All others are, always. */
  readonly ephemeral: ReadonlySet<string>;
  /** Whether there is a template at the address. */
  hasTemplate(url: string): boolean;
  fateOf(what: "CREATE" | "DELETE"): Fate;
  /** Where stacks outlive the process. Default: nowhere. */
  readonly kept?: { read(): StackRecord[] | undefined; write(stacks: readonly StackRecord[]): void };
  onChange?(stack: StackRecord): void;
}

export interface CloudFormation {
  readonly operations: Operations;
  /** Whether what a stack of that name holds is there right now. */
  stands(stackName: string): boolean;
  /** Stacks of game days that are not gone. */
  left(): string[];
  stop(): void;
}

const STACK = "AWS::CloudFormation::Stack";

/**
 * The stacks that game days bring up and take down. What a template holds is not made here: it is hosted from the beginning, and
 * {@link CloudFormation.stands} says whether it may be reached.
 */
export function createCloudFormation(options: CloudFormationOptions): CloudFormation {
  const { ephemeral, hasTemplate, fateOf, kept, onChange } = options;
  const stacks: StackRecord[] = kept?.read() ?? [];
  const timers = new Map<StackRecord, NodeJS.Timeout>();
  const present = (name: string) => stacks.find((stack) => stack.name === name && stack.status !== "DELETE_COMPLETE");
  const find = (nameOrId = "") => stacks.find(({ id }) => id === nameOrId) ?? present(nameOrId);

  function note(stack: StackRecord, event: Pick<EventRecord, "logicalId" | "type" | "status" | "reason">): void {
    stack.events.unshift({ id: randomUUID(), at: new Date().toISOString(), ...event });
  }

  function become(stack: StackRecord, status: StackStatus, reason?: string): void {
    stack.status = status;
    if (status === "DELETE_COMPLETE") stack.deletedAt = new Date().toISOString();
    note(stack, { logicalId: stack.name, type: STACK, status: status as ResourceStatus, ...(reason && { reason }) });
    kept?.write(stacks);
    onChange?.(stack);
  }

  function begin(stack: StackRecord, what: "CREATE" | "DELETE"): void {
    become(stack, `${what}_IN_PROGRESS`, "User Initiated");
    carryOn(stack, what);
  }

  function carryOn(stack: StackRecord, what: "CREATE" | "DELETE"): void {
    const { afterMs, fails } = fateOf(what);
    clearTimeout(timers.get(stack));
    const timer = setTimeout(() => {
      timers.delete(stack);
      if (!fails) return become(stack, `${what}_COMPLETE`);
      const { logicalId, type, reason } = fails;
      note(stack, { logicalId, type, status: `${what}_FAILED`, reason });
      return become(
        stack,
        `${what}_FAILED`,
        `The following resource(s) failed to ${what.toLowerCase()}: [${logicalId}].`,
      );
    }, afterMs);
    timers.set(stack, timer);
  }

  // Whoever asked for it may be gone: CloudFormation goes on.
  for (const stack of stacks) {
    if (stack.status === "CREATE_IN_PROGRESS") carryOn(stack, "CREATE");
    if (stack.status === "DELETE_IN_PROGRESS") carryOn(stack, "DELETE");
  }

  return {
    stands: (name) => !ephemeral.has(name) || present(name)?.status === "CREATE_COMPLETE",
    left: () =>
      stacks
        .filter(({ status }) => status !== "DELETE_COMPLETE")
        .map(({ name, status }) => `stack ${name} (${status})`),
    stop: () => timers.forEach(clearTimeout),
    operations: {
      CreateStack: operation<CreateStackCommandInput, CreateStackCommandOutput>({
        mutates: true,
        needs: needsOfCreation,
        run: async ({ StackName: name = "", ClientRequestToken: token, OnFailure, Tags, TemplateURL = "" }) => {
          const there = present(name);
          // The API reference does not say what a token is worth once its stack is gone: here nothing, which is worse for who asks.
          if (there && token !== undefined && there.token === token) return { StackId: there.id };
          if (there) throw new ServiceError("AlreadyExistsException", `Stack [${name}] already exists`);
          if (OnFailure !== "DO_NOTHING") throw new Error(`The stand-in plays OnFailure DO_NOTHING, not ${OnFailure}.`);
          if (!ephemeral.has(name))
            throw new Error(`The stand-in can bring up ${[...ephemeral].join(", ")}, not ${name}.`);
          if (!hasTemplate(TemplateURL)) throw invalid("S3 error: Access Denied");
          const tags = Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
          const createdAt = new Date().toISOString();
          const id = arn("cloudformation", `stack/${name}/${randomUUID()}`);
          const stack: StackRecord = { id, name, token, tags, createdAt, status: "CREATE_IN_PROGRESS", events: [] };
          stacks.push(stack);
          begin(stack, "CREATE");
          return { StackId: id };
        },
      }),
      DescribeStacks: operation<DescribeStacksCommandInput, DescribeStacksCommandOutput>({
        needs: ({ StackName }) => [{ action: "cloudformation:DescribeStacks", resource: resourceOf(StackName) }],
        run: async ({ StackName }) => {
          const found = find(StackName);
          if (!found) throw invalid(`Stack with id ${StackName} does not exist`);
          return { Stacks: [describe(found)] };
        },
      }),
      DescribeStackEvents: operation<DescribeStackEventsCommandInput, DescribeStackEventsCommandOutput>({
        needs: ({ StackName }) => [{ action: "cloudformation:DescribeStackEvents", resource: resourceOf(StackName) }],
        run: async ({ StackName }) => {
          const found = find(StackName);
          if (!found) throw invalid(`Stack [${StackName}] does not exist`);
          return { StackEvents: found.events.map((event) => describeEvent(found, event)) };
        },
      }),
      DeleteStack: operation<DeleteStackCommandInput, DeleteStackCommandOutput>({
        mutates: true,
        needs: ({ StackName }) => [{ action: "cloudformation:DeleteStack", resource: resourceOf(StackName) }],
        // One that is not there is no error; one that goes already goes on (CloudFormation API reference, "DeleteStack").
        run: async ({ StackName }) => {
          const found = find(StackName);
          if (found && !["DELETE_IN_PROGRESS", "DELETE_COMPLETE"].includes(found.status)) begin(found, "DELETE");
          return {};
        },
      }),
    },
  };
}

const resourceOf = (nameOrId = ""): string =>
  nameOrId.startsWith("arn:") ? nameOrId : arn("cloudformation", `stack/${nameOrId}/*`);

/** CloudFormation reads the template as the caller, and makes what is in it as the role that it is passed. */
function needsOfCreation({ StackName, RoleARN, TemplateURL = "" }: CreateStackCommandInput): Needs[] {
  const { pathname } = new URL(TemplateURL);
  return [
    {
      action: "cloudformation:CreateStack",
      resource: resourceOf(StackName),
      context: { "cloudformation:RoleArn": RoleARN, "cloudformation:TemplateUrl": TemplateURL },
    },
    {
      action: "iam:PassRole",
      resource: RoleARN ?? "",
      context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
    },
    { action: "s3:GetObject", resource: `arn:aws:s3:::${pathname.slice(1)}` },
  ];
}

const invalid = (message: string) => new ServiceError("ValidationError", message);

const describe = ({ id, name, status, tags, createdAt, deletedAt }: StackRecord): Stack => ({
  StackId: id,
  StackName: name,
  StackStatus: status,
  CreationTime: new Date(createdAt),
  ...(deletedAt === undefined ? {} : { DeletionTime: new Date(deletedAt) }),
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
});

const describeEvent = (stack: StackRecord, { id, at, logicalId, type, status, reason }: EventRecord): StackEvent => ({
  EventId: id,
  StackId: stack.id,
  StackName: stack.name,
  Timestamp: new Date(at),
  LogicalResourceId: logicalId,
  ResourceType: type,
  ResourceStatus: status,
  ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
});
