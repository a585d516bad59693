import { randomUUID } from "node:crypto";

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  /** From then on it may be received; later than now while somebody is at it. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** What the last receiver was given to delete it by. */
  receipt?: string;
}

/** A message as a receiver gets it. */
export interface Received extends Readonly<Message> {
  readonly receipt: string;
}

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** How a queue treats its messages right now. */
export interface Treatment {
  readonly visibilitySeconds: number;
  readonly delaySeconds: number;
  readonly retentionSeconds: number;
  readonly redrive: Redrive | undefined;
}

/** The messages of one standard queue, in memory (SQS developer guide, "Visibility timeout" and "Dead-letter queues"). */
export class Queue {
  readonly #treatment: () => Treatment;
  readonly #putAside: (message: Message, deadLetterTargetArn: string) => void;
  readonly #now: () => number;
  #messages: Message[] = [];
  /** Told when something may have become receivable. */
  onArrival: () => void = () => {};

  constructor(
    treatment: () => Treatment,
    putAside: (message: Message, deadLetterTargetArn: string) => void,
    now: () => number,
  ) {
    this.#treatment = treatment;
    this.#putAside = putAside;
    this.#now = now;
  }

  send(body: string, delaySeconds = this.#treatment().delaySeconds): string {
    const now = this.#now();
    const message = { id: randomUUID(), body, sentAt: now, visibleAt: now + delaySeconds * 1000, receiveCount: 0 };
    this.#messages.push(message);
    this.onArrival();
    return message.id;
  }

  /** Takes up a message that another queue puts aside: it keeps its id and the time when it was sent. */
  takeUp(message: Message): void {
    this.#messages.push({ ...message, visibleAt: this.#now(), receiveCount: 0 });
    this.onArrival();
  }

  /** At most so many messages, hidden from other receivers for a while. One that was received too often is put aside. */
  receive(most: number, visibilitySeconds = this.#treatment().visibilitySeconds): Received[] {
    this.#expire();
    const now = this.#now();
    const { redrive } = this.#treatment();
    const received: Received[] = [];
    for (const message of this.#messages.filter(({ visibleAt }) => visibleAt <= now)) {
      if (received.length === most) break;
      if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
        this.#messages.splice(this.#messages.indexOf(message), 1);
        this.#putAside(message, redrive.deadLetterTargetArn);
        continue;
      }
      const receipt = randomUUID();
      const taken = Object.assign(message, {
        receipt,
        visibleAt: now + visibilitySeconds * 1000,
        receiveCount: message.receiveCount + 1,
        firstReceivedAt: message.firstReceivedAt ?? now,
      });
      received.push({ ...taken });
    }
    return received;
  }

  /** False for a receipt that is not the last one: the message has been received again meanwhile. */
  delete(receipt: string): boolean {
    const index = this.#messages.findIndex((message) => message.receipt === receipt);
    if (index >= 0) this.#messages.splice(index, 1);
    return index >= 0;
  }

  changeVisibility(receipt: string, seconds: number): boolean {
    const message = this.#messages.find((one) => one.receipt === receipt);
    if (message) message.visibleAt = this.#now() + seconds * 1000;
    this.onArrival();
    return message !== undefined;
  }

  /** Counts as SQS shows them, and the age in seconds of the message that has been there longest; 0 when there is none. */
  look(): { visible: number; notVisible: number; delayed: number; ageOfOldestSeconds: number } {
    this.#expire();
    const now = this.#now();
    const later = this.#messages.filter(({ visibleAt }) => visibleAt > now);
    const delayed = later.filter(({ receiveCount }) => receiveCount === 0).length;
    const oldest = Math.min(now, ...this.#messages.map(({ sentAt }) => sentAt));
    return {
      visible: this.#messages.length - later.length,
      notVisible: later.length - delayed,
      delayed,
      ageOfOldestSeconds: (now - oldest) / 1000,
    };
  }

  #expire(): void {
    const from = this.#now() - this.#treatment().retentionSeconds * 1000;
    if (this.#messages.some(({ sentAt }) => sentAt < from)) {
      this.#messages = this.#messages.filter(({ sentAt }) => sentAt >= from);
    }
  }
}
