import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping, type Function as Fn } from "aws-cdk-lib/aws-lambda";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import { acknowledge } from "../../infra/acknowledge.ts";
import { type Environment, nameIn } from "../../infra/environments.ts";
import { NodeFunction } from "../../infra/node-function.ts";
import { type FisExtension, fisExtensionOf } from "../../infra/target/fis-extension.ts";
import { GameDayTarget } from "../../infra/target/game-day-target.ts";
import { Inbox } from "../../infra/target/inbox.ts";
import type { RequestUsage } from "../../workflows/request-usage.ts";
import { logAccess } from "../access-log.ts";
import { SlowApi } from "./slow-api.ts";
import { NotificationsWatch } from "./watch.ts";

/** Five attempts of at most 5 seconds with four waits of at most 8 end within it. */
const DELIVERY_TIMEOUT = Duration.seconds(60);
/** How many messages the queue's deliveries may be at, at once. */
const MAX_CONCURRENCY = 10;
const MEMORY_GB = 0.25;
/** Attempts that a delivery takes at most on average: what `compare overload` shows, without and with flow control. */
const ATTEMPTS = { without: 2.6, with: 1.3 } as const;
/** Seconds: an attempt, of which a fifth fails at once, and the wait between two. */
const ATTEMPT_SECONDS = 0.8;
const WAIT_SECONDS = 5.5;

export interface NotificationsStackProps extends StackProps {
  /** Whether a queue and an event source mapping stand before the delivery, so that it takes no more at once than it can. */
  readonly flowControl: boolean;
  readonly environment: Environment;
}

/** What stands between the rule and the delivery when its flow is controlled. */
interface FlowControl {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly mapping: EventSourceMapping;
}

/**
 * `notifications`: HTTP API → NotificationFunction → bus → rule → DeliveryFunction → an API of somebody else that is slow,
 * unreliable and takes ten calls a second. With flow control a queue stands between rule and delivery.
 */
export class NotificationsStack extends Stack {
  readonly #name: string;
  readonly #extension: FisExtension | undefined;

  constructor(scope: Construct, id: string, props: NotificationsStackProps) {
    super(scope, id, props);
    const { flowControl, environment } = props;
    const { fisExtension, devOpsGuru } = environment;
    this.#name = nameIn(environment, flowControl ? "notifications-flow-control" : "notifications");
    this.#extension = fisExtension ? fisExtensionOf(this) : undefined;

    const slowApi = new SlowApi(this, "SlowApi", {
      apiName: `${this.#name}-slow`,
      handler: this.function("SlowFunction", {
        bundle: "slow-api",
        description: "answers for the delivery API, badly",
        environment: { FAILURE_RATE: "0.2", SLOWEST_MS: "2000" },
        timeout: Duration.seconds(29),
      }),
    });
    const bus = new EventBus(this, "Bus", { description: `${this.#name}: what customers are to be notified of` });
    const notify = this.function("NotificationFunction", {
      bundle: "notify",
      description: "takes a notification and puts it on the bus",
      environment: { EVENT_BUS_NAME: bus.eventBusName },
      timeout: Duration.seconds(10),
      statements: [new PolicyStatement({ actions: ["events:PutEvents"], resources: [bus.eventBusArn] })],
    });
    const delivery = this.delivery(slowApi);
    const rule = new Rule(this, "ToDelivery", {
      eventBus: bus,
      description: "Notifications that are to be delivered",
      eventPattern: { source: ["gameday.notifications"], detailType: ["notify-order"] },
    });
    const flow = flowControl ? this.flowControl(delivery) : undefined;
    rule.addTarget(flow ? new SqsQueue(flow.queue) : new LambdaFunction(delivery));

    const api = this.frontDoor(notify);
    const watch = new NotificationsWatch(this, "Watch", {
      name: this.#name,
      environment,
      api,
      slowApi: slowApi.api,
      notify,
      delivery,
      ...(flow ? { queue: flow.queue, deadLetters: flow.deadLetters } : {}),
    });
    new GameDayTarget(this, "Target", {
      name: this.#name,
      url: api.apiEndpoint,
      functions: { notify, deliver: delivery, "slow-api": slowApi.handler },
      rules: { "to-delivery": { rule, bus } },
      usagePlans: { "slow-api": slowApi.usagePlan },
      ...(flow
        ? {
            queues: { deliveries: flow.queue, "dead-letters": flow.deadLetters },
            eventSources: { deliveries: flow.mapping },
          }
        : {}),
      alarms: watch.alarms,
      inbox: new Inbox(this, "Inbox", { target: this.#name, topics: [watch.topic] }).queue,
      measures: watch.measures,
      perRequest: usageOf(flowControl),
      devOpsGuru,
    });
    new CfnOutput(this, "Url", { value: api.apiEndpoint });
  }

  private function(
    id: string,
    props: {
      bundle: string;
      description: string;
      environment: Record<string, string>;
      timeout: Duration;
      statements?: PolicyStatement[];
    },
  ): Fn {
    const { bundle, description, environment, timeout, statements = [] } = props;
    return new NodeFunction(this, id, {
      bundle: `dist/examples/notifications/${bundle}`,
      description: `${this.#name}: ${description}`,
      environment: { POWERTOOLS_SERVICE_NAME: this.#name, ...environment, ...this.#extension?.environment },
      layers: this.#extension?.layers ?? [],
      timeout,
      memorySize: 1024 * MEMORY_GB,
      statements: [...statements, ...(this.#extension?.statements ?? [])],
      wildcards: this.#extension?.wildcards ?? {},
    }).function;
  }

  private delivery({ url, key }: SlowApi): Fn {
    const endpoint = new StringParameter(this, "Endpoint", {
      parameterName: `/${this.#name}/delivery/endpoint`,
      description: "Where notifications are delivered",
      stringValue: url,
    });
    return this.function("DeliveryFunction", {
      bundle: "deliver",
      description: "delivers a notification, patiently",
      environment: {
        API_KEY_SECRET_ARN: key.secretArn,
        ENDPOINT_PARAMETER: endpoint.parameterName,
        MAX_ATTEMPTS: "5",
        RETRY_WAIT_SECONDS: "3-8",
      },
      timeout: DELIVERY_TIMEOUT,
      statements: [
        new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [key.secretArn] }),
        new PolicyStatement({ actions: ["ssm:GetParameter"], resources: [endpoint.parameterArn] }),
      ],
    });
  }

  /** One message at a time to each of a few deliveries; what five receives could not deliver is put aside. */
  private flowControl(delivery: Fn): FlowControl {
    const deadLetters = new Queue(this, "DeadLetters", { enforceSSL: true, retentionPeriod: Duration.days(14) });
    const queue = new Queue(this, "Deliveries", {
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // Longer than the function may take. AWS advises six times that for batches that wait for a throttled function;
      // here a message that failed would return after six minutes only.
      visibilityTimeout: Duration.seconds(90),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    delivery.addToRolePolicy(
      new PolicyStatement({
        actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        resources: [queue.queueArn],
      }),
    );
    const mapping = new EventSourceMapping(this, "DeliveriesMapping", {
      target: delivery,
      eventSourceArn: queue.queueArn,
      batchSize: 1,
      maxConcurrency: MAX_CONCURRENCY,
      reportBatchItemFailures: true,
    });
    // Lambda refuses a mapping whose function may not read the queue yet.
    mapping.node.addDependency(delivery.role!);
    return { queue, deadLetters, mapping };
  }

  private frontDoor(notify: Fn): HttpApi {
    const api = new HttpApi(this, "Api", { description: this.#name });
    const [route] = api.addRoutes({
      path: "/notifications",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("NotificationIntegration", notify),
    });
    acknowledge(route!, "AwsSolutions-APIG4", "An example that anyone may try; it notifies nobody.");
    logAccess(this, api);
    return api;
  }
}

/** What a notification costs when more come in than the delivery API takes: waiting is the most of it. */
function usageOf(flowControl: boolean): RequestUsage {
  const attempts = flowControl ? ATTEMPTS.with : ATTEMPTS.without;
  const seconds = attempts * 2 * ATTEMPT_SECONDS + (attempts - 1) * WAIT_SECONDS;
  return {
    httpApiRequests: 1,
    events: 1,
    restApiRequests: attempts,
    // The one that takes it, the delivery, and the delivery API's own.
    functionCalls: 2 + attempts,
    functionGbSeconds: Number((MEMORY_GB * seconds).toFixed(2)),
    ...(flowControl ? { queueRequests: 3 } : {}),
  };
}
