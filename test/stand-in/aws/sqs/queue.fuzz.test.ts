import fc from "fast-check";
import { expect, test } from "vitest";
import { Queue } from "../../../../stand-in/aws/sqs/queue.ts";

const step = fc.oneof(
  fc.record({ kind: fc.constant("send" as const) }),
  fc.record({ kind: fc.constant("receive" as const), most: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant("delete" as const), index: fc.nat() }),
  fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 0, max: 40 }) }),
);

test("whatever is sent is in the queue, put aside or deleted by somebody who had received it: none is lost or doubled", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      let now = 0;
      const aside: string[] = [];
      const redrive = { deadLetterTargetArn: "arn:aside", maxReceiveCount: 3 };
      const treatment = { visibilitySeconds: 30, delaySeconds: 0, retentionSeconds: 1e6, redrive };
      const queue = new Queue(
        () => treatment,
        ({ id }) => aside.push(id),
        () => now,
      );
      const sent: string[] = [];
      const deleted: string[] = [];
      const receipts: { id: string; receipt: string }[] = [];
      for (const one of steps) {
        if (one.kind === "send") sent.push(queue.send("body"));
        else if (one.kind === "pass") now += one.seconds * 1000;
        else if (one.kind === "receive") receipts.push(...queue.receive(one.most));
        else {
          const taken = receipts[one.index % Math.max(1, receipts.length)];
          if (taken && queue.delete(taken.receipt)) deleted.push(taken.id);
        }
      }
      now += 1e6;
      const left: string[] = [];
      for (let batch = queue.receive(10); batch.length > 0; batch = queue.receive(10))
        left.push(...batch.map(({ id }) => id));
      expect([...left, ...deleted, ...aside].sort()).toEqual(sent.sort());
    }),
  );
});
