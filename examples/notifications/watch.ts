import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { type Alarm, Dashboard, type IMetric, type Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { TargetMeasure } from "../../infra/target/game-day-target.ts";
import { AT_ONCE, graph, MOST, SUM, Watch, type WatchProps } from "../watch.ts";

export interface NotificationsWatchProps extends WatchProps {
  readonly api: HttpApi;
  readonly slowApi: RestApi;
  readonly notify: IFunction;
  readonly delivery: IFunction;
  /** Absent without flow control. */
  readonly queue?: IQueue;
  readonly deadLetters?: IQueue;
}

/** The alarms and the dashboard of `notifications`: thresholds as teams have them. */
export class NotificationsWatch extends Watch {
  readonly alarms: Alarm[];
  /** What of everything that was accepted became of it. */
  readonly measures: Readonly<Record<string, TargetMeasure>>;
  readonly #props: NotificationsWatchProps;

  constructor(scope: Construct, id: string, props: NotificationsWatchProps) {
    super(scope, id, props, "notifications/runbook.md");
    this.#props = props;
    const { api, slowApi, delivery, queue, deadLetters } = props;
    const serverErrors = api.metricServerError(SUM);
    const refusals = slowApi.metricClientError(SUM);
    const undelivered = this.own("Undelivered");
    const age = this.own("AgeAtDelivery", Stats.percentile(95));

    this.alarms = [
      this.alarm("Errors", serverErrors, 5, "Five notifications or more were not accepted in a minute"),
      this.alarm("Undelivered", undelivered, 1, "A delivery was given up", { patience: AT_ONCE }),
      this.alarm("Age", age, 20_000, "One delivery in twenty came 20 seconds late or later"),
      this.alarm("Refusals", refusals, 10, "The delivery API refused ten calls or more in a minute"),
      this.alarm("DeliveryErrors", delivery.metricErrors(SUM), 1, "The delivery function failed"),
      this.alarm("DeliveryThrottles", delivery.metricThrottles(SUM), 1, "Deliveries had to wait for Lambda"),
      ...(queue
        ? [
            this.alarm(
              "Backlog",
              queue.metricApproximateAgeOfOldestMessage(MOST),
              120,
              "A notification has been in the queue for two minutes",
            ),
          ]
        : []),
      ...(deadLetters
        ? [
            this.alarm(
              "DeadLetters",
              deadLetters.metricApproximateNumberOfMessagesVisible(MOST),
              1,
              "A notification was put aside: nobody delivers it any more",
              { patience: AT_ONCE },
            ),
          ]
        : []),
    ];
    this.tell(...this.alarms);
    this.measures = this.measured(refusals, undelivered, age);
    this.dashboard([serverErrors, refusals], undelivered, age);
  }

  private measured(refusals: Metric, undelivered: Metric, age: Metric): Record<string, TargetMeasure> {
    const { slowApi, notify, delivery, queue, deadLetters } = this.#props;
    const delivered = this.own("Delivered");
    const accepted = notify.metricInvocations(SUM);
    const count = (title: string, of: Metric): TargetMeasure => ({ title, unit: "count", of });
    return {
      delivered: { title: "delivered, of those accepted", unit: "share", of: delivered, per: accepted },
      "given-up": {
        title: "given up, of those accepted",
        unit: "share",
        of: undelivered,
        per: accepted,
      },
      age: { title: "age at delivery, worst p95", unit: "milliseconds", of: age },
      attempts: {
        ...count("attempts for each delivery", this.own("Attempts")),
        per: delivered,
      },
      refused: {
        title: "calls refused by the usage plan",
        unit: "share",
        of: refusals,
        per: slowApi.metricCount(SUM),
      },
      "at-once": count("deliveries at once, at most", delivery.metric("ConcurrentExecutions", MOST)),
      ...(queue
        ? { waiting: count("waiting in the queue, at most", queue.metricApproximateNumberOfMessagesVisible(MOST)) }
        : {}),
      ...(deadLetters
        ? {
            "put-aside": count(
              "in the dead-letter queue, at most",
              deadLetters.metricApproximateNumberOfMessagesVisible(MOST),
            ),
          }
        : {}),
    };
  }

  private dashboard(errors: IMetric[], undelivered: IMetric, age: IMetric): void {
    const { api, slowApi, notify, delivery, queue, deadLetters } = this.#props;
    const queues = [queue, deadLetters].flatMap((one) => one?.metricApproximateNumberOfMessagesVisible(MOST) ?? []);
    new Dashboard(this, "Dashboard", {
      widgets: [
        [
          graph("Accepted and delivered", [api.metricCount(SUM), this.own("Delivered"), undelivered]),
          graph("Age at delivery (p95) and attempts", [age], [this.own("Attempts", Stats.AVERAGE)]),
        ],
        [
          graph("Errors and refusals", errors),
          graph("Delivery API", [slowApi.metricCount(SUM)], [slowApi.metricLatency({ ...SUM, statistic: "p95" })]),
        ],
        [
          graph(
            "Functions at once",
            [notify, delivery].map((fn) => fn.metric("ConcurrentExecutions", MOST)),
          ),
          ...(queues.length > 0 ? [graph("Queues", queues)] : []),
        ],
      ],
    });
  }
}
