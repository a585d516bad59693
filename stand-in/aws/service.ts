import { isDeepStrictEqual } from "node:util";
import type { ResourceField } from "../../workflows/resources.ts";
import type { Operations } from "./operation.ts";

/** What of one part can be changed, as plain values. An absent field and an empty one are different states. */
export type PartState = Readonly<Record<string, unknown>>;

/** One thing that a service's calls may change: a function's configuration, a queue's attributes, a rule. */
export interface Part {
  /** By which field drills name such a thing. Absent where none does. */
  readonly field?: ResourceField;
  /** By what calls and a target's description name it: a name, a URL, a UUID, an ARN. */
  readonly id: string;
  /** What people are told of it by. The same in whichever process, and no other part of the region has it. */
  readonly name: string;
  /** What is in effect. */
  read(): PartState;
  /** What it will be when the change that is under way is done; undefined when there is none. Default: there never is one. */
  pending?(): PartState | undefined;
  /** Puts a state into effect that was read before, perhaps by another process: whatever it does not have is taken away. */
  write(state: PartState): void;
}

/** What a service of the stand-in gives to the region that hosts it. */
export interface Service {
  readonly operations: Operations;
  /** How hosted functions call it, with the SDK itself. Default: they cannot. */
  readonly http?: {
    /** As the SDK's environment variable for its endpoint ends. */
    readonly endpoint: string;
    /** What stands before the operation in `X-Amz-Target`, where it speaks JSON, such as `AWSEvents`. */
    readonly jsonTarget?: string;
  };
  /** Everything of it that calls may change, beside what comes and goes: messages, items, objects. Default: nothing. */
  readonly parts?: readonly Part[];
  /** Begins what it does by itself, once everything is there. */
  open?(): void;
  stop?(): void | Promise<void>;
  /** What game days have made and not taken away, as people are told of it. Default: nothing. */
  left?(): string[];
}

/** A change that is under way counts as done: AWS would finish it, whoever has asked. */
export const settledState = (part: Part): PartState => part.pending?.() ?? part.read();

export const sameState = (one: PartState | undefined, other: PartState | undefined): boolean =>
  isDeepStrictEqual(one, other);
