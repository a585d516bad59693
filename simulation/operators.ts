import { NO_POLICY, type Statement, withStatement } from "../functions/changes/queue-policy.ts";
import type { Operations } from "../stand-in/aws/operation.ts";
import type { Edit, HandEdit } from "./edits.ts";
import { aliasRecord, partName, type Records, type State, type TargetState } from "./target-state.ts";

type Services = Readonly<Record<"apigateway" | "lambda" | "sqs" | "tables", Operations>>;

/** One change as it is made by hand. */
interface Hand {
  readonly part: string;
  /** What the part has to be with it, from what it has to be without. */
  readonly expected: (state: State) => State;
  call(): Promise<unknown>;
  isThere(): boolean;
  /** What AWS was told and could not do: it is configured, and not in effect. */
  cameToNothing?(): boolean;
}

interface Made extends Hand {
  readonly expectedWithout: State;
}

const NEXT_TRY_MS = 1000;

/**
 * Somebody who changes the target by hand, reading and writing in one go and trying again while AWS is at another change.
 * What the target has to be in the end is what it was, with these edits in it.
 */
export class Operator {
  /** Edits that have not been made yet, or are not in effect. */
  busy = 0;
  readonly #atWork: string[] = [];
  readonly #made: Made[] = [];
  readonly #records: Records;
  readonly #state: TargetState;
  readonly #services: Services;

  constructor(records: Records, state: TargetState, services: Services) {
    this.#records = records;
    this.#state = state;
    this.#services = services;
  }

  /** @param onEdit is called right before the change is made, and not for one that AWS refuses for now */
  edit({ atSeconds, ...change }: Edit, onEdit: (part: string) => void): void {
    this.busy++;
    const attempt = async () => {
      const hand = this.#hands(change);
      if (this.#state.changing(hand.part)) {
        setTimeout(attempt, NEXT_TRY_MS);
        return;
      }
      const expectedWithout = this.#state.expected(hand.part);
      this.#state.expect(hand.part, hand.expected(expectedWithout));
      this.#made.push({ ...hand, expectedWithout });
      onEdit(hand.part);
      this.#atWork.push(hand.part);
      await hand.call();
      setTimeout(look, NEXT_TRY_MS);
    };
    // Whoever makes a change looks whether it came into effect, and makes it once more when it did not.
    const look = async () => {
      const hand = this.#hands(change);
      const again = !this.#state.changing(hand.part) && (hand.cameToNothing?.() ?? false);
      if (again) await hand.call();
      if (again || this.#state.changing(hand.part)) setTimeout(look, NEXT_TRY_MS);
      else {
        this.busy--;
        this.#atWork.splice(this.#atWork.indexOf(hand.part), 1);
      }
    };
    setTimeout(attempt, atSeconds * 1000);
  }

  /** Parts with an edit that is not in effect yet: what is not as it should be there for a moment is nobody else's doing. */
  get atWork(): ReadonlySet<string> {
    return new Set(this.#atWork);
  }

  /** How many edits have been made so far. */
  get edits(): number {
    return this.#made.length;
  }

  /**
   * A step has written what it had read when there were so many edits. Where AWS has nothing to compare with, what was
   * edited in between is overwritten unseen: the steps cannot help it, so it is not expected to be there.
   */
  overwritten(edits: number, field: string): void {
    for (const made of this.#made.slice(edits).reverse()) {
      if (made.part.startsWith(`${field} `) && !made.isThere()) this.#state.expect(made.part, made.expectedWithout);
    }
  }

  #hands(change: HandEdit): Hand {
    switch (change.kind) {
      case "variable":
        return this.#variable(change);
      case "statement":
        return this.#statement(change);
      case "batch size":
        return this.#batchSize(change);
      case "rate":
        return this.#rate(change);
      case "read maximum":
        return this.#readMaximum(change);
      case "alias version":
        return this.#aliasVersion(change);
    }
  }

  #variable({ function: name, key, value }: Extract<HandEdit, { kind: "variable" }>): Hand {
    const FunctionName = this.#records.target.functions[name]!;
    const { variables } = this.#records.aws.functions.get(FunctionName)!;
    const edited = (all: object) => {
      const { [key]: _, ...others } = all as Record<string, string>;
      return value === undefined ? others : { ...others, [key]: value };
    };
    const Environment = { Variables: edited(variables) };
    return {
      part: partName("function", name),
      expected: (state) => ({
        ...state,
        variables: edited(state.variables as object),
        inEffect: edited(state.inEffect as object),
      }),
      call: () => run(this.#services.lambda, "UpdateFunctionConfiguration", { FunctionName, Environment }),
      isThere: () => this.#records.aws.functions.get(FunctionName)!.variables[key] === value,
      cameToNothing: () => this.#records.aws.functions.get(FunctionName)!.lastUpdateStatus === "Failed",
    };
  }

  #statement({ queue, sid }: Extract<HandEdit, { kind: "statement" }>): Hand {
    const QueueUrl = this.#records.target.queues![queue]!;
    const record = this.#records.aws.queues.byUrl(QueueUrl)!;
    const theirs: Statement = {
      Sid: sid,
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::210987654321:root" },
      Action: "sqs:SendMessage",
      Resource: record.arn,
    };
    const Policy = withStatement(record.attributes.Policy ?? NO_POLICY, theirs);
    return {
      part: partName("queue", queue),
      expected: (state) => ({
        ...state,
        Policy: JSON.parse(
          withStatement(state.Policy === undefined ? NO_POLICY : JSON.stringify(state.Policy), theirs),
        ),
      }),
      call: () => run(this.#services.sqs, "SetQueueAttributes", { QueueUrl, Attributes: { Policy } }),
      isThere: () => record.attributes.Policy?.includes(sid) ?? false,
    };
  }

  #batchSize({ eventSource, size: BatchSize }: Extract<HandEdit, { kind: "batch size" }>): Hand {
    const UUID = this.#records.target.eventSources![eventSource]!;
    const record = this.#records.aws.eventSources.get(UUID)!;
    return {
      part: partName("eventSource", eventSource),
      expected: (state) => ({ ...state, batchSize: BatchSize }),
      call: () => run(this.#services.lambda, "UpdateEventSourceMapping", { UUID, BatchSize }),
      isThere: () => (record.pending ?? record.settings).batchSize === BatchSize,
    };
  }

  #rate({ usagePlan, rate }: Extract<HandEdit, { kind: "rate" }>): Hand {
    const usagePlanId = this.#records.target.usagePlans![usagePlan]!;
    const record = this.#records.aws.plans.records.get(usagePlanId)!;
    const part = partName("usagePlan", usagePlan);
    // Whoever limits a plan that had no limit gives it both.
    const burst = "burst" in this.#state.expected(part) ? {} : { burst: rate };
    const patchOperations = Object.entries({ rate, ...burst }).map(([name, value]) => {
      return { op: "replace", path: `/throttle/${name}Limit`, value: String(value) };
    });
    return {
      part,
      expected: (state) => ({ ...state, rate, ...burst }),
      call: () => run(this.#services.apigateway, "UpdateUsagePlan", { usagePlanId, patchOperations }),
      isThere: () => record.throttle?.rate === rate,
    };
  }

  #readMaximum({ table, units: read }: Extract<HandEdit, { kind: "read maximum" }>): Hand {
    const TableName = this.#records.target.tables![table]!;
    const record = this.#records.aws.throughput.records.get(TableName)!;
    const OnDemandThroughput = { MaxReadRequestUnits: read };
    return {
      part: partName("table", table),
      expected: (state) => ({ ...state, read }),
      call: () => run(this.#services.tables, "UpdateTable", { TableName, OnDemandThroughput }),
      isThere: () => (record.pending ?? record.most).read === read,
    };
  }

  #aliasVersion({ alias, version }: Extract<HandEdit, { kind: "alias version" }>): Hand {
    const { functionName: FunctionName, alias: Name } = this.#records.target.aliases![alias]!;
    const record = aliasRecord(this.#records, alias);
    return {
      part: partName("alias", alias),
      expected: (state) => ({ ...state, version }),
      call: () => run(this.#services.lambda, "UpdateAlias", { FunctionName, Name, FunctionVersion: version }),
      isThere: () => record.version === version,
    };
  }
}

const run = (service: Operations, operation: string, input: object) => service[operation]!.run(input as never);
