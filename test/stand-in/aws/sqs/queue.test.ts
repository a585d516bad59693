import { beforeEach, describe, expect, test } from "vitest";
import { type Message, Queue, type Treatment } from "../../../../stand-in/aws/sqs/queue.ts";

let now: number;
let aside: [Message, string][];
let treatment: Treatment;
let queue: Queue;
beforeEach(() => {
  now = 1_000_000;
  aside = [];
  treatment = { visibilitySeconds: 30, delaySeconds: 0, retentionSeconds: 3600, redrive: undefined };
  queue = new Queue(
    () => treatment,
    (message, arn) => aside.push([message, arn]),
    () => now,
  );
});
const pass = (seconds: number) => {
  now += seconds * 1000;
};

describe("a message", () => {
  test("that is received is hidden until its time is up, then received again", () => {
    queue.send("first");
    expect(queue.receive(10).map(({ body, receiveCount }) => [body, receiveCount])).toEqual([["first", 1]]);
    expect(queue.receive(10)).toEqual([]);
    expect(queue.look()).toMatchObject({ visible: 0, notVisible: 1 });
    pass(30);
    expect(queue.receive(10).map(({ receiveCount }) => receiveCount)).toEqual([2]);
  });

  test("is deleted by its last receipt alone", () => {
    queue.send("first");
    const [first] = queue.receive(1);
    pass(30);
    const [second] = queue.receive(1);
    expect(queue.delete(first!.receipt)).toBe(false);
    expect(queue.delete(second!.receipt)).toBe(true);
    expect(queue.look()).toEqual({ visible: 0, notVisible: 0, delayed: 0, ageOfOldestSeconds: 0 });
  });

  test("that was received too often is put aside instead of received", () => {
    treatment = { ...treatment, redrive: { deadLetterTargetArn: "arn:aside", maxReceiveCount: 2 } };
    const id = queue.send("poison");
    for (const receives of [1, 2]) {
      expect(queue.receive(1)[0]?.receiveCount).toBe(receives);
      pass(30);
    }
    expect(queue.receive(1)).toEqual([]);
    expect(aside).toMatchObject([[{ id, body: "poison" }, "arn:aside"]]);
    expect(queue.look().visible).toBe(0);
  });

  test("may be delayed, and is gone when it is too old", () => {
    queue.send("later", 60);
    expect(queue.look()).toMatchObject({ visible: 0, delayed: 1 });
    pass(60);
    expect(queue.look()).toMatchObject({ visible: 1, ageOfOldestSeconds: 60 });
    pass(3600);
    expect(queue.receive(1)).toEqual([]);
  });

  test("can be shown again before its time", () => {
    queue.send("first");
    const [received] = queue.receive(1);
    expect(queue.changeVisibility(received!.receipt, 0)).toBe(true);
    expect(queue.receive(1)).toHaveLength(1);
    expect(queue.changeVisibility("someone else's", 0)).toBe(false);
  });
});

test("at most so many messages are received as are asked for", () => {
  for (let number = 0; number < 5; number++) queue.send(String(number));
  expect(queue.receive(3).map(({ body }) => body)).toEqual(["0", "1", "2"]);
  expect(queue.receive(3).map(({ body }) => body)).toEqual(["3", "4"]);
});
