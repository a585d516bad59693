import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { Denied, QueueImpairmentFault } from "../../workflows/messaging.ts";
import { ChangedMeanwhile, NotReady } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { faultPlaceOf } from "./place.ts";
import {
  NO_POLICY,
  type PolicyText,
  type Statement,
  saysTheSame,
  statementsOf,
  tooLarge,
  withoutStatement,
  withStatement,
} from "./queue-policy.ts";
import { targetResource } from "./target-resource.ts";

/** The policy's text: what it says of others is no secret, and it is put back to the letter. */
const Before = z.object({ policy: z.string() });
type Before = z.infer<typeof Before>;

/**
 * Sending and receiving, and nothing by which the policy is read or written: a deny counts for gameday's own roles too, and
 * would lock them out.
 */
const ACTIONS: Readonly<Record<Denied, string>> = { send: "sqs:SendMessage", receive: "sqs:ReceiveMessage" };

const OURS = "GamedayImpairment";

/**
 * Denies sending or receiving by a statement in the queue's own policy. SQS takes a policy whole and has nothing to compare
 * it with: what somebody else writes in the moment between reading and writing is overwritten unseen.
 */
export const queueImpairment: FaultKind<QueueImpairmentFault, Before> = {
  before: Before,

  async snapshot(spec, scene) {
    const { policy, arn } = await read(spec, scene);
    const statements = readable(spec, policy);
    const left = statements.find(({ Sid }) => Sid?.startsWith(OURS));
    if (left) {
      throw new NotReady(
        `queue ${spec.queue} without the fault`,
        `a statement ${left.Sid} in its policy`,
        "Take it out first: a fault that changes nothing proves nothing.",
      );
    }
    const refused = tooLarge(withStatement(policy, denying(spec, arn, scene)));
    if (refused) {
      throw new NotReady(`room in the policy of queue ${spec.queue}`, refused, "Nothing was touched.");
    }
    return { policy };
  },

  async apply(spec, _before, scene) {
    const { policy, arn } = await read(spec, scene);
    const ours = denying(spec, arn, scene);
    if (denies(find(policy, scene), spec)) return;
    const next = withStatement(withoutStatement(policy, sidOf(scene), policy), ours);
    const refused = tooLarge(next);
    if (refused) {
      throw new ChangedMeanwhile(
        `room in the policy of queue ${spec.queue}`,
        refused,
        "Somebody else has made it larger since; nothing was changed.",
      );
    }
    await write(spec, next, scene);
  },

  // It may take a minute until all of SQS keeps to it (SQS API reference, "SetQueueAttributes"), which no call tells.
  async prove(spec, _before, scene) {
    const { policy } = await read(spec, scene);
    const acting = denies(find(policy, scene), spec);
    const found = acting
      ? `read back with ${sidOf(scene)}: nobody may`
      : "not read back with a statement that denies to";
    return { acting, evidence: [`policy of queue ${spec.queue} ${found} ${spec.deny.join(" or ")}`] };
  },

  // Its Sid says that it is the game day's, even if somebody has edited it: left in, it would go on denying.
  async undo(spec, before, scene) {
    const { policy } = await read(spec, scene);
    if (find(policy, scene)) await write(spec, withoutStatement(policy, sidOf(scene), before.policy), scene);
    return [];
  },

  async check(spec, before, scene) {
    const { policy } = await read(spec, scene);
    const ours = find(policy, scene) !== undefined;
    return {
      settled: true,
      checks: [
        {
          what: `policy of queue ${spec.queue} is without ${sidOf(scene)}`,
          ok: !ours,
          detail: ours
            ? "still the fault's statement"
            : saysTheSame(policy, before.policy)
              ? "read back equal to the snapshot"
              : "changed by somebody else since; left as it is",
        },
      ],
    };
  },

  byHand(spec, _before, scene) {
    const url = urlOf(spec, scene);
    const others = `([.Statement] | flatten | map(select(.Sid != "${sidOf(scene)}")))`;
    const edited = `.Attributes.Policy | fromjson | .Statement = ${others} | if .Statement == [] then "" else tojson end`;
    return [
      `aws sqs get-queue-attributes --queue-url ${url} --attribute-names Policy | jq '{Policy: (${edited})}' > attributes.json`,
      `aws sqs set-queue-attributes --queue-url ${url} --attributes file://attributes.json && rm attributes.json`,
    ];
  },
};

const urlOf = ({ queue }: QueueImpairmentFault, { target }: Scene) => targetResource("queue", queue, target);

/** Which fault of which game day it is of; SQS takes letters and digits (SQS developer guide, "Special information"). */
function sidOf(scene: Scene): string {
  const { plan, fault } = faultPlaceOf(scene);
  return `${OURS}${fault.index}${plan.id.replace(/[^a-zA-Z0-9]/g, "")}`;
}

const denying = ({ deny }: QueueImpairmentFault, arn: string, scene: Scene): Statement => ({
  Sid: sidOf(scene),
  Effect: "Deny",
  Principal: "*",
  Action: deny.map((what) => ACTIONS[what]),
  Resource: arn,
});

function denies(statement: Statement | undefined, { deny }: QueueImpairmentFault): boolean {
  const { Effect, Action } = statement ?? {};
  const actions = [Action].flat().map((action) => String(action).toLowerCase());
  return Effect === "Deny" && deny.every((what) => actions.includes(ACTIONS[what].toLowerCase()));
}

const find = (policy: PolicyText, scene: Scene) => {
  const sid = sidOf(scene);
  return statementsOf(policy).find(({ Sid }) => Sid === sid);
};

function readable({ queue }: QueueImpairmentFault, policy: PolicyText): Statement[] {
  try {
    return statementsOf(policy);
  } catch (error) {
    throw new NotReady(`a policy of queue ${queue} that can be read`, String(error), "Nothing was touched.", {
      cause: error,
    });
  }
}

async function read(spec: QueueImpairmentFault, scene: Scene): Promise<{ policy: PolicyText; arn: string }> {
  const QueueUrl = urlOf(spec, scene);
  const { Attributes } = await scene.clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy", "QueueArn"] }),
  );
  // Without a policy the attribute is absent; setting it to an empty text takes it away.
  return { policy: Attributes?.Policy ?? NO_POLICY, arn: Attributes?.QueueArn ?? "" };
}

async function write(spec: QueueImpairmentFault, policy: PolicyText, scene: Scene): Promise<void> {
  const QueueUrl = urlOf(spec, scene);
  await scene.fence();
  await scene.clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy } }));
}
