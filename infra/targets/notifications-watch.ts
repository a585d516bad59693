import { Duration } from "aws-cdk-lib";
import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { AlarmTopic } from "../alarm-topic.ts";
import type { Environment } from "../environments.ts";
import type { TargetMeasure } from "./game-day-target.ts";

const PERIOD = Duration.minutes(1);
const RUNBOOK = "notifications.md";

export interface NotificationsWatchProps {
  readonly name: string;
  readonly environment: Environment;
  readonly api: HttpApi;
  readonly slowApi: RestApi;
  readonly notify: IFunction;
  readonly delivery: IFunction;
  /** Absent without flow control. */
  readonly queue?: IQueue;
  readonly deadLetters?: IQueue;
}

/** How many of the last minutes have to be bad. */
interface Patience {
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
}
const TWO_OF_FIVE: Patience = { datapointsToAlarm: 2, evaluationPeriods: 5 };
const AT_ONCE: Patience = { datapointsToAlarm: 1, evaluationPeriods: 1 };

/** The alarms and the dashboard of `notifications`: thresholds as teams have them. */
export class NotificationsWatch extends Construct {
  readonly alarms: Alarm[];
  readonly topic: Topic;
  /** What of everything that was accepted became of it. */
  readonly measures: Readonly<Record<string, TargetMeasure>>;
  readonly #props: NotificationsWatchProps;

  constructor(scope: Construct, id: string, props: NotificationsWatchProps) {
    super(scope, id);
    this.#props = props;
    const { api, slowApi, delivery, queue, deadLetters } = props;
    const sum = { statistic: Stats.SUM, period: PERIOD };
    const most = { statistic: Stats.MAXIMUM, period: PERIOD };
    const serverErrors = api.metricServerError(sum);
    const refusals = slowApi.metricClientError(sum);
    const undelivered = this.own("Undelivered", Stats.SUM);
    const age = this.own("AgeAtDelivery", Stats.percentile(95));

    this.alarms = [
      this.alarm("Errors", serverErrors, 5, TWO_OF_FIVE, "Five notifications or more were not accepted in a minute"),
      this.alarm("Undelivered", undelivered, 1, AT_ONCE, "A delivery was given up"),
      this.alarm("Age", age, 20_000, TWO_OF_FIVE, "One delivery in twenty came 20 seconds late or later"),
      this.alarm("Refusals", refusals, 10, TWO_OF_FIVE, "The delivery API refused ten calls or more in a minute"),
      this.alarm("DeliveryErrors", delivery.metricErrors(sum), 1, TWO_OF_FIVE, "The delivery function failed"),
      this.alarm(
        "DeliveryThrottles",
        delivery.metricThrottles(sum),
        1,
        TWO_OF_FIVE,
        "Deliveries had to wait for Lambda",
      ),
      ...(queue
        ? [
            this.alarm(
              "Backlog",
              queue.metricApproximateAgeOfOldestMessage(most),
              120,
              TWO_OF_FIVE,
              "A notification has been in the queue for two minutes",
            ),
          ]
        : []),
      ...(deadLetters
        ? [
            this.alarm(
              "DeadLetters",
              deadLetters.metricApproximateNumberOfMessagesVisible(most),
              1,
              AT_ONCE,
              "A notification was put aside: nobody delivers it any more",
            ),
          ]
        : []),
    ];
    this.topic = new AlarmTopic(this, "Topic", { displayName: props.name, email: props.environment.alarmEmail });
    for (const alarm of this.alarms) alarm.addAlarmAction(new SnsAction(this.topic));
    this.measures = this.measured(sum, most, refusals, undelivered, age);
    this.dashboard(sum, most, [serverErrors, refusals], undelivered, age);
  }

  private measured(
    sum: { statistic: string; period: Duration },
    most: { statistic: string; period: Duration },
    refusals: Metric,
    undelivered: Metric,
    age: Metric,
  ): Record<string, TargetMeasure> {
    const { slowApi, notify, delivery, queue, deadLetters } = this.#props;
    const delivered = this.own("Delivered", Stats.SUM);
    const accepted = notify.metricInvocations(sum);
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
        ...count("attempts for each delivery", this.own("Attempts", Stats.SUM)),
        per: delivered,
      },
      refused: {
        title: "calls refused by the usage plan",
        unit: "share",
        of: refusals,
        per: slowApi.metricCount(sum),
      },
      "at-once": count("deliveries at once, at most", delivery.metric("ConcurrentExecutions", most)),
      ...(queue
        ? { waiting: count("waiting in the queue, at most", queue.metricApproximateNumberOfMessagesVisible(most)) }
        : {}),
      ...(deadLetters
        ? {
            "put-aside": count(
              "in the dead-letter queue, at most",
              deadLetters.metricApproximateNumberOfMessagesVisible(most),
            ),
          }
        : {}),
    };
  }

  /** A metric that the functions write in their logs. */
  private own(metricName: string, statistic: string): Metric {
    const dimensionsMap = { service: this.#props.name };
    return new Metric({ namespace: "gameday", metricName, dimensionsMap, statistic, period: PERIOD });
  }

  private alarm(id: string, metric: IMetric, threshold: number, patience: Patience, alarmDescription: string): Alarm {
    return new Alarm(this, `${id}Alarm`, {
      metric,
      threshold,
      alarmDescription: `${alarmDescription}. Runbook: ${this.#props.environment.runbooks}/${RUNBOOK}#${id.toLowerCase()}`,
      ...patience,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private dashboard(
    sum: { statistic: string; period: Duration },
    most: { statistic: string; period: Duration },
    errors: IMetric[],
    undelivered: IMetric,
    age: IMetric,
  ): void {
    const { api, slowApi, notify, delivery, queue, deadLetters } = this.#props;
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, left, right, width: 12 });
    const queues = [queue, deadLetters].flatMap((one) => one?.metricApproximateNumberOfMessagesVisible(most) ?? []);
    new Dashboard(this, "Dashboard", {
      widgets: [
        [
          graph("Accepted and delivered", [api.metricCount(sum), this.own("Delivered", Stats.SUM), undelivered]),
          graph("Age at delivery (p95) and attempts", [age], [this.own("Attempts", Stats.AVERAGE)]),
        ],
        [
          graph("Errors and refusals", errors),
          graph("Delivery API", [slowApi.metricCount(sum)], [slowApi.metricLatency({ ...sum, statistic: "p95" })]),
        ],
        [
          graph(
            "Functions at once",
            [notify, delivery].map((fn) => fn.metric("ConcurrentExecutions", most)),
          ),
          ...(queues.length > 0 ? [graph("Queues", queues)] : []),
        ],
      ],
    });
  }
}
