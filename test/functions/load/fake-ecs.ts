import type { Clients } from "../../../functions/runtime/clients.ts";
import { ServiceError } from "../../../stand-in/aws/operation.ts";

interface FakeTask {
  readonly arn: string;
  readonly startedBy: string;
  readonly token: string;
  readonly environment: Record<string, string>;
  status: "RUNNING" | "STOPPED";
  /** Absent until it is told to stop. */
  reason?: string;
}

interface Input {
  startedBy?: string;
  desiredStatus?: string;
  family?: string;
  nextToken?: string;
  clientToken?: string;
  tasks?: string[];
  task?: string;
  reason?: string;
  overrides?: { containerOverrides: { environment: { name: string; value: string }[] }[] };
}

/** ECS as its API reference has it: lists in pages, by one filter alone, and tasks that stop in their own time. */
export class FakeEcs {
  readonly tasks: FakeTask[] = [];
  calls: string[] = [];
  readonly described: string[][] = [];
  pageSize = 100;
  /** Counts from 1: the start whose answer does not arrive, once. */
  loseAnswerOf: number | undefined;
  onCall: (operation: string) => void = () => {};

  readonly client = {
    send: async (command: { input: Input }) => {
      const operation = command.constructor.name.replace(/Command$/, "");
      this.onCall(operation);
      this.calls.push(operation);
      return this.#answer(operation, command.input);
    },
  } as unknown as Clients["ecs"];

  add(startedBy: string, token = `${this.tasks.length}`, environment: Record<string, string> = {}): FakeTask {
    const task: FakeTask = { arn: `arn:task/${this.tasks.length}`, startedBy, token, environment, status: "RUNNING" };
    this.tasks.push(task);
    return task;
  }

  /** What a list shows that asks for no status: tasks that nobody has told to stop. */
  listed(): string[] {
    return this.tasks.filter(({ status, reason }) => status === "RUNNING" && !reason).map(({ arn }) => arn);
  }

  #answer(operation: string, input: Input): object {
    switch (operation) {
      case "RunTask":
        return this.#run(input);
      case "ListTasks":
        return this.#list(input);
      case "DescribeTasks":
        this.described.push(input.tasks!);
        return {
          tasks: this.tasks
            .filter(({ arn }) => input.tasks!.includes(arn))
            .map(({ arn, status }) => ({ taskArn: arn, lastStatus: status })),
        };
      case "StopTask":
        this.tasks.find(({ arn }) => arn === input.task)!.reason = input.reason!;
        return {};
      default:
        throw new Error(`${operation} is not played in this test`);
    }
  }

  #run({ startedBy = "", clientToken = "", overrides }: Input): object {
    const [container] = overrides!.containerOverrides;
    const environment = Object.fromEntries(container!.environment.map(({ name, value }) => [name, value]));
    const task = this.tasks.find(({ token }) => token === clientToken) ?? this.add(startedBy, clientToken, environment);
    if (this.loseAnswerOf === this.tasks.length) {
      this.loseAnswerOf = undefined;
      throw new Error("the answer got lost");
    }
    return { tasks: [{ taskArn: task.arn }] };
  }

  #list({ startedBy, desiredStatus, family, nextToken = "0" }: Input): object {
    if (startedBy && (desiredStatus || family)) {
      throw new ServiceError("InvalidParameterException", "startedBy must be the only filter.");
    }
    const all = this.tasks.filter((task) => task.startedBy === startedBy && this.listed().includes(task.arn));
    const from = Number(nextToken);
    const to = from + this.pageSize;
    return {
      taskArns: all.slice(from, to).map(({ arn }) => arn),
      ...(to < all.length ? { nextToken: String(to) } : {}),
    };
  }
}
