import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { queueImpairment } from "../../../functions/changes/queue-impairment.ts";
import { ChangedMeanwhile, LeaseLost, NotReady } from "../../../functions/runtime/errors.ts";
import type { QueueImpairmentFault } from "../../../workflows/messaging.ts";
import { setStage, target } from "./stage.ts";

const spec: QueueImpairmentFault = { kind: "queue-impairment", queue: "deliveries", deny: ["send"] };
const SID = "GamedayImpairment0day1";
const THEIRS = {
  Sid: "OnlyTls",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: "*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
/** Not as this code would write it, so that it shows when it is written anew. */
const policyOf = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Id: "theirs", Statement: statements }, undefined, 1);

let stage: ReturnType<typeof setStage>;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.stop());

const policy = () => stage.queue.attributes.Policy;
const setPolicy = (text: string | undefined) => {
  if (text === undefined) delete stage.queue.attributes.Policy;
  else stage.queue.attributes.Policy = text;
};
const statements = () => (policy() === undefined ? [] : [JSON.parse(policy()!).Statement].flat());
async function injected(fault = spec) {
  const before = await queueImpairment.snapshot(fault, stage.scene);
  await queueImpairment.apply(fault, before, stage.scene);
  return before;
}
const undo = (before: { policy: string }) => queueImpairment.undo(spec, before, stage.scene);
const check = async (before: { policy: string }) => (await queueImpairment.check(spec, before, stage.scene)).checks[0]!;
/** What the stand-in's SQS says to somebody who calls. */
const allowed = (operation: string, input: object) =>
  stage.services.sqs![operation]!.run({ QueueUrl: stage.queue.url, ...input } as never).then(
    () => true,
    (error: Error) => error.name,
  );

describe("queue-impairment", () => {
  test.each([
    ["no policy at all", undefined],
    ["a policy", policyOf(THEIRS)],
    ["a policy of one statement that is no list", JSON.stringify({ Version: "2012-10-17", Statement: THEIRS })],
    ["a policy without statements", policyOf()],
  ])("over %s: made, proven, undone, and then to the letter as it was", async (_name, text) => {
    setPolicy(text);
    const before = await injected();
    expect(statements().at(-1)).toEqual({
      Sid: SID,
      Effect: "Deny",
      Principal: "*",
      Action: ["sqs:SendMessage"],
      Resource: stage.queue.arn,
    });
    expect((await queueImpairment.prove(spec, before, stage.scene)).acting).toBe(true);
    expect(await check(before)).toMatchObject({ ok: false, detail: "still the fault's statement" });
    expect(await undo(before)).toEqual([]);
    expect(policy()).toBe(text);
    expect(await check(before)).toMatchObject({ ok: true, detail: "read back equal to the snapshot" });
  });

  test("lets nobody send, and everybody else do what they do", async () => {
    await injected();
    expect(await allowed("SendMessage", { MessageBody: "hat" })).toBe("AccessDeniedException");
    expect(await allowed("ReceiveMessage", {})).toBe(true);
  });

  test.each([
    [["receive"], "sqs:ReceiveMessage"],
    [["send", "receive"], "sqs:SendMessage,sqs:ReceiveMessage"],
  ] as const)("denies %j and never what reads or writes the policy", async (deny, actions) => {
    const before = await injected({ ...spec, deny: [...deny] });
    expect(statements().at(-1).Action.join()).toBe(actions);
    expect(await allowed("GetQueueAttributes", {})).toBe(true);
    expect(await allowed("SetQueueAttributes", { Attributes: {} })).toBe(true);
    await undo(before);
    expect(policy()).toBeUndefined();
  });

  test("reads, asks whether it still may, and writes at once; a second time it only reads", async () => {
    const before = await injected();
    const [read, write] = ["GetQueueAttributes", "SetQueueAttributes"];
    expect(stage.calls).toEqual([read, read, "fence", write]);
    await queueImpairment.apply(spec, before, stage.scene);
    await undo(before);
    await undo(before);
    expect(stage.calls.slice(4)).toEqual([read, read, "fence", write, read]);
  });

  test("keeps what others have made of the policy meanwhile, whatever it is", async () => {
    setPolicy(policyOf(THEIRS));
    const before = await injected();
    const more = { Sid: "More", Effect: "Allow", Principal: { AWS: "1" }, Action: ["sqs:SendMessage"], Resource: "*" };
    const now = JSON.parse(policy()!);
    setPolicy(JSON.stringify({ ...now, Id: "other", Statement: [more, ...now.Statement.slice(1)] }));
    expect(await undo(before)).toEqual([]);
    expect(JSON.parse(policy()!)).toEqual({ Version: "2012-10-17", Id: "other", Statement: [more] });
    expect(await check(before)).toMatchObject({ ok: true, detail: "changed by somebody else since; left as it is" });
  });

  test("leaves no policy behind where others have taken out all but its own statement", async () => {
    setPolicy(policyOf(THEIRS));
    const before = await injected();
    setPolicy(JSON.stringify({ ...JSON.parse(policy()!), Statement: statements().slice(-1) }));
    await undo(before);
    expect(policy()).toBeUndefined();
  });

  test("takes its statement out even if somebody has edited it", async () => {
    const before = await injected();
    setPolicy(JSON.stringify({ Statement: { ...statements()[0], Action: "sqs:ReceiveMessage" } }));
    expect((await queueImpairment.prove(spec, before, stage.scene)).acting).toBe(false);
    await undo(before);
    expect(policy()).toBeUndefined();
  });

  test("knows its own statement from that of another fault or game day", async () => {
    const other = { ...THEIRS, Sid: "GamedayImpairment1day1" };
    const before = await injected();
    setPolicy(JSON.stringify({ Statement: [...statements(), other] }));
    await undo(before);
    expect(statements()).toEqual([other]);
    await expect(injected()).rejects.toThrow("found a statement GamedayImpairment1day1 in its policy");
  });

  test("writes nothing when the target is another game day's by now", async () => {
    const before = await injected();
    stage.stage.mayWrite = () => {
      throw new LeaseLost("the lease", "another holder", "Nothing was changed.");
    };
    await expect(undo(before)).rejects.toThrow(LeaseLost);
    expect(statements()).toHaveLength(1);
  });

  test("refuses a policy that would be too long for SQS, in bytes", async () => {
    const room = 8192 - JSON.stringify({ Version: "", Statement: [THEIRS] }).length;
    setPolicy(JSON.stringify({ Version: "", Statement: [{ ...THEIRS, Sid: "x".repeat(room) }] }));
    await expect(injected()).rejects.toThrow(NotReady);
    await expect(injected()).rejects.toThrow(/bytes with the fault's statement, and SQS takes 8192/);
  });

  test("or in statements, and looks again before it writes", async () => {
    const many = (count: number) =>
      policyOf(...Array.from({ length: count }, (_, index) => ({ ...THEIRS, Sid: `S${index}` })));
    setPolicy(many(20));
    await expect(injected()).rejects.toThrow("found 21 statements with the fault's, and SQS takes 20");
    setPolicy(many(19));
    const before = await queueImpairment.snapshot(spec, stage.scene);
    setPolicy(many(20));
    await expect(queueImpairment.apply(spec, before, stage.scene)).rejects.toThrow(ChangedMeanwhile);
    expect(statements()).toHaveLength(20);
  });

  test("refuses a policy that it cannot read", async () => {
    const sqs = { send: async () => ({ Attributes: { Policy: '{"Statement": "everything"}' } }) };
    const snapshot = queueImpairment.snapshot(spec, { ...stage.scene, clients: { sqs } as never });
    await expect(snapshot).rejects.toThrow("Expected a policy of queue deliveries that can be read");
  });

  test("by hand: takes the statement out of the policy as it is by then", () => {
    const url = target.queues!.deliveries;
    expect(queueImpairment.byHand(spec, { policy: "" }, stage.scene)).toEqual([
      `aws sqs get-queue-attributes --queue-url ${url} --attribute-names Policy | jq '{Policy: (.Attributes.Policy | fromjson | .Statement = ([.Statement] | flatten | map(select(.Sid != "${SID}"))) | if .Statement == [] then "" else tojson end)}' > attributes.json`,
      `aws sqs set-queue-attributes --queue-url ${url} --attributes file://attributes.json && rm attributes.json`,
    ]);
  });
});
