import { Duration, Stack, TimeZone } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { type IRole, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { NodeFunction } from "./node-function.ts";
import { checkStarts, type EventStart, type ScheduledStart, type Start } from "./starts.ts";
import { stateOf } from "./steps.ts";

/** A start that comes later than this is none: nobody expects it any more. */
const RETRIES = { retryAttempts: 10, maxEventAge: Duration.hours(1) };

/** Whatever starts game days by itself: schedules and rules, each of which calls one small function. */
export class GameDayStarts extends Construct {
  /** Starts that came to nothing, with the reason. */
  readonly missed: Queue;
  readonly #function: LambdaFunction;
  readonly #scheduler: IRole;
  /** Keeps the names of starts apart from those of the parts. */
  readonly #each: Construct;

  constructor(scope: Construct, id: string, gameDay: StateMachine, starts: readonly Start[]) {
    super(scope, id);
    checkStarts(starts);
    this.missed = new Queue(this, "Missed", { enforceSSL: true, retentionPeriod: Duration.days(14) });
    acknowledge(this.missed, "AwsSolutions-SQS3", "This is the dead-letter queue.");
    this.#function = this.trigger("start-game-day", gameDay);
    this.#scheduler = this.schedulerRole();
    this.#each = new Construct(this, "Each");
    for (const start of starts) {
      if ("schedule" in start) this.schedule(start);
      else this.rule(start);
    }
  }

  private trigger(file: string, gameDay: StateMachine): LambdaFunction {
    const trigger = new NodeFunction(this, stateOf(file), {
      bundle: `dist/triggers/${file}`,
      description: "gameday: starts a game day for a schedule or a rule, once however often it is called",
      environment: { POWERTOOLS_SERVICE_NAME: "gameday", GAME_DAY_ARN: gameDay.stateMachineArn },
      timeout: Duration.seconds(20),
      memorySize: 256,
      statements: [new PolicyStatement({ actions: ["states:StartExecution"], resources: [gameDay.stateMachineArn] })],
    }).function;
    // Both call it asynchronously: their own dead-letter queue hears nothing of an error in it (Lambda developer guide,
    // "Asynchronous invocation").
    trigger.configureAsyncInvoke({
      onFailure: new SqsDestination(this.missed),
      retryAttempts: 2,
      maxEventAge: RETRIES.maxEventAge,
    });
    return trigger;
  }

  /** One role for all schedules, which may call the function and no other, whoever would like to be helped to more. */
  private schedulerRole(): IRole {
    const { account } = Stack.of(this);
    const assumedBy = new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": account } },
    });
    const role = new Role(this, "Scheduler", { assumedBy });
    role.addToPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [this.#function.functionArn] }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [this.missed.queueArn] }));
    // The schedule's target would add every version of the function.
    return role.withoutPolicyUpdates();
  }

  private schedule(start: ScheduledStart): void {
    const { name, schedule, timeZone = "UTC", window, from, until, enabled = true } = start;
    const occasion = { kind: "schedule", scheduledAt: ContextAttribute.scheduledTime };
    new Schedule(this.#each, stateOf(name), {
      description: `A game day: ${start.drill}`,
      schedule: ScheduleExpression.expression(schedule, TimeZone.of(timeZone)),
      timeWindow: window ? TimeWindow.flexible(window) : TimeWindow.off(),
      ...(from ? { start: from } : {}),
      ...(until ? { end: until } : {}),
      enabled,
      target: new LambdaInvoke(this.#function, {
        input: ScheduleTargetInput.fromObject(orderOf(start, occasion)),
        role: this.#scheduler,
        deadLetterQueue: this.missed,
        ...RETRIES,
      }),
    });
  }

  private rule(start: EventStart): void {
    const occasion = { kind: "event", id: EventField.eventId, at: EventField.time };
    new Rule(this.#each, stateOf(start.name), {
      description: `A game day after an event: ${start.name}`,
      eventPattern: start.event,
      enabled: start.enabled ?? true,
      targets: [
        new LambdaTarget(this.#function, {
          event: RuleTargetInput.fromObject(orderOf(start, occasion)),
          deadLetterQueue: this.missed,
          ...RETRIES,
        }),
      ],
    });
  }
}

/** As `workflows/start-order.ts` reads it. */
const orderOf = ({ name, drill, timeZone = "UTC", blackouts = [] }: Start, occasion: Record<string, string>) => ({
  start: name,
  occasion,
  input: { drill },
  timeZone,
  blackouts,
});
