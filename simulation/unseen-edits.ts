import type { Call, Invocation } from "../stand-in/aws/operation.ts";
import type { Operator } from "./operators.ts";

/** Operations on what AWS has nothing to compare with when it is written → the field of what they are about. */
const READS: Readonly<Record<string, string>> = {
  GetQueueAttributes: "queue",
  GetUsagePlan: "usagePlan",
  DescribeTable: "table",
};
const WRITES: Readonly<Record<string, string>> = {
  SetQueueAttributes: "queue",
  UpdateUsagePlan: "usagePlan",
  UpdateTable: "table",
};

/** Knows which edits a step cannot have seen: those between its last reading and its writing. */
export class UnseenEdits {
  readonly #operator: Operator;
  /** How many edits there were when a step has read last. */
  readonly #atReading = new WeakMap<Invocation, Map<string, number>>();

  constructor(operator: Operator) {
    this.#operator = operator;
  }

  /** To be called as soon as the call is done. */
  note({ invocation, operation }: Call): void {
    const read = READS[operation];
    const fields = this.#atReading.get(invocation) ?? new Map<string, number>();
    if (read) this.#atReading.set(invocation, fields.set(read, this.#operator.edits));
    const written = WRITES[operation];
    if (written) this.#operator.overwritten(fields.get(written) ?? 0, written);
  }
}
