import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";

/** An error that no Retry and no Catch of the state machine sees: the execution ends with it. */
class Unstoppable extends Error {
  readonly isRetryable = false;
  readonly isCatchable = false;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Step Functions ends an execution whose state grows larger (quota "Maximum input or output size"). */
const PAYLOAD_LIMIT = 256 * 1024;

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED" | "TIMED_OUT";

export interface ExecutionEvent {
  readonly at: number;
  /** As in the execution's history: `TaskStateEntered`, `WaitStateExited`, `ExecutionSucceeded` … */
  readonly type: string;
  readonly state?: string;
  readonly output?: unknown;
}

export interface Ending {
  readonly status: ExecutionStatus;
  readonly error?: string;
  readonly cause?: string;
}

export interface Execution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly startedAt: Date;
  readonly history: readonly ExecutionEvent[];
  readonly status: ExecutionStatus;
  /** Resolves when the execution has ended; never rejects. */
  readonly ended: Promise<Ending>;
  /** Resolves when its last step is done too: one at work goes on after the execution is gone, as a Lambda does. */
  readonly quiet: Promise<void>;
  /** What StopExecution does: no Catch runs, and a step that is at work goes on to its end. */
  stop(): void;
}

/** Calls the function behind a Task: the resource's ARN and the state's input. What crosses to it and back is JSON text. */
export type CallTask = (resource: string, input: string, state: string) => Promise<string>;

export interface StartOptions {
  readonly machineArn: string;
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly call: CallTask;
  readonly onEvent: (event: ExecutionEvent) => void;
}

/** Runs a state machine's definition. The same file that AWS gets, its substitutions made. */
export function startExecution(definition: StateMachineDefinition, options: StartOptions): Execution {
  const { machineArn, arn, name, input, call, onEvent } = options;
  const stopped = new AbortController();
  const working = new Set<Promise<unknown>>();
  const history: ExecutionEvent[] = [];
  let status: ExecutionStatus = "RUNNING";
  const startedAt = new Date();
  let letGo = () => {};
  const stopRequested = new Promise<"stopped">((resolve) => {
    letGo = () => resolve("stopped");
  });

  const handlers = Object.fromEntries(
    tasksOf(definition).map(([state, resource]) => [
      state,
      async (stateInput: unknown) => {
        if (stopped.signal.aborted) throw new Unstoppable("ExecutionAborted", "the execution was stopped");
        const payload = JSON.stringify(stateInput);
        checkSize(payload, `the input of ${state}`);
        const work = call(resource, payload, state);
        working.add(work);
        try {
          const output = await work;
          checkSize(output, `the output of ${state}`);
          return JSON.parse(output);
        } catch (error) {
          if (stopped.signal.aborted) throw new Unstoppable("ExecutionAborted", "the execution was stopped");
          throw error;
        } finally {
          working.delete(work);
        }
      },
    ]),
  );
  const run = machineOf(definition).run(input as never, {
    overrides: { taskResourceLocalHandlers: handlers },
    context: { Execution: { Id: arn, Name: name, Input: input as never, StartTime: startedAt.toISOString() } },
  });

  const record = (event: ExecutionEvent) => {
    history.push(event);
    onEvent(event);
  };
  const followed = follow(run.eventLogs, record);
  const outcome = (async (): Promise<Ending> => {
    try {
      if ((await Promise.race([run.result, stopRequested])) === "stopped") {
        run.abort();
        await run.result.catch(() => {});
        status = "ABORTED";
      } else {
        await followed;
        status = "SUCCEEDED";
      }
      return { status };
    } catch (error) {
      await followed.catch(() => {});
      // The engine wraps what a Fail state or an uncaught error says.
      const { name: errorName, message } = ((error as Error).cause ?? error) as Error;
      status = (error as Error).name === "ExecutionTimeoutError" ? "TIMED_OUT" : "FAILED";
      return { status, error: errorName, cause: message };
    } finally {
      // Whatever is still queued in the engine begins no more.
      stopped.abort();
    }
  })();

  return {
    arn,
    machineArn,
    name,
    startedAt,
    history,
    get status() {
      return status;
    },
    ended: outcome,
    quiet: outcome.then(() => Promise.allSettled([...working])).then(() => {}),
    stop() {
      stopped.abort();
      letGo();
    },
  };
}

const validated = new WeakSet<object>();

/** Validating takes a hundred times as long as running, so that the same states are validated once. */
function machineOf(definition: StateMachineDefinition): StateMachine {
  const validationOptions = validated.has(definition.States) ? ({ noValidate: true } as const) : { checkArn: false };
  const machine = new StateMachine(definition, { validationOptions });
  validated.add(definition.States);
  return machine;
}

type EventLogs = ReturnType<StateMachine["run"]>["eventLogs"];

async function follow(events: EventLogs, record: (event: ExecutionEvent) => void): Promise<void> {
  for await (const event of events) {
    const at = event.timestamp;
    if ("state" in event) {
      const { name, type, output } = event.state;
      const kind = event.type.replace(/^State/, "");
      record({ at, type: `${type}State${kind}`, state: name, ...(output === undefined ? {} : { output }) });
    } else record({ at, type: event.type });
  }
}

type States = Record<string, { Type: string; Resource?: string; ItemProcessor?: { States: States } }>;

/** Every Task of the definition, those inside Maps too, with its resource. Names have to be unique. */
export function tasksOf(definition: { States: object }): [string, string][] {
  return Object.entries(definition.States as States).flatMap(([name, state]) => [
    ...(state.Type === "Task" && state.Resource ? [[name, state.Resource] as [string, string]] : []),
    ...(state.ItemProcessor ? tasksOf(state.ItemProcessor) : []),
  ]);
}

function checkSize(payload: string, what: string): void {
  const size = Buffer.byteLength(payload);
  if (size > PAYLOAD_LIMIT) {
    throw new Unstoppable("States.DataLimitExceeded", `${what} has ${size} bytes; the limit is ${PAYLOAD_LIMIT}`);
  }
}
