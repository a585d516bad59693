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
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

const PERIOD = Duration.minutes(1);

export interface NotificationsWatchProps {
  readonly name: string;
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
    this.dashboard(sum, most, [serverErrors, refusals], undelivered, age);
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
      alarmDescription,
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
