import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { AlarmTopic } from "../alarm-topic.ts";
import type { Environment } from "../environments.ts";

const PERIOD = Duration.minutes(1);
const RUNBOOK = "orders.md";

export interface OrdersWatchProps {
  readonly name: string;
  readonly environment: Environment;
  readonly api: HttpApi;
  readonly createOrder: IFunction;
  readonly orders: Table;
}

/** The alarms and the dashboard of `orders`: thresholds as teams have them, and one alarm over them that tells people. */
export class OrdersWatch extends Construct {
  readonly alarms: readonly Alarm[];
  /** Goes off with any of the alarms; the only one with an action, so that one trouble is told once. */
  readonly hurt: CompositeAlarm;
  readonly topic: Topic;
  readonly #props: OrdersWatchProps;

  constructor(scope: Construct, id: string, props: OrdersWatchProps) {
    super(scope, id);
    this.#props = props;
    const { api, environment, name } = props;
    const errors = api.metricServerError({ statistic: Stats.SUM, period: PERIOD });
    const requests = api.metricCount({ statistic: Stats.SUM, period: PERIOD });
    const errorRate = new MathExpression({
      expression: "100 * errors / requests",
      usingMetrics: { errors, requests },
      period: PERIOD,
    });
    const latency = api.metricLatency({ statistic: Stats.percentile(99), period: PERIOD });
    this.alarms = [
      this.alarm("Errors", errors, 10, "Ten orders or more failed in a minute"),
      this.alarm("ErrorRate", errorRate, 5, "One order in twenty failed"),
      this.alarm("Latency", latency, 1000, "The slowest hundredth of the orders took a second or more"),
    ];
    this.topic = new AlarmTopic(this, "Topic", { displayName: name, email: environment.alarmEmail });
    this.hurt = new CompositeAlarm(this, "HurtAlarm", {
      alarmDescription: this.described("Orders fail or are slow", "hurt"),
      alarmRule: AlarmRule.anyOf(...this.alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    this.hurt.addAlarmAction(new SnsAction(this.topic));
    this.dashboard([requests, errors], latency);
  }

  private described(what: string, section: string): string {
    return `${what}. Runbook: ${this.#props.environment.runbooks}/${RUNBOOK}#${section}`;
  }

  /** In 2 of 5 minutes. */
  private alarm(id: string, metric: IMetric, threshold: number, what: string): Alarm {
    return new Alarm(this, `${id}Alarm`, {
      metric,
      threshold,
      alarmDescription: this.described(what, id.toLowerCase()),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: 2,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private dashboard(traffic: IMetric[], latency: IMetric): void {
    const { name, createOrder, orders } = this.#props;
    const sum = { statistic: Stats.SUM, period: PERIOD };
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, left, right, width: 12 });
    new Dashboard(this, "Dashboard", {
      dashboardName: name,
      widgets: [
        [graph("Orders and failures", traffic), graph("Latency of the API (p99)", [latency])],
        [
          graph(
            "The function: errors, throttles, duration (p50, p99)",
            [createOrder.metricErrors(sum), createOrder.metricThrottles(sum)],
            ["p50", "p99"].map((statistic) => createOrder.metricDuration({ statistic, period: PERIOD })),
          ),
          graph("The table: latency and throttled writes", [
            orders.metricSuccessfulRequestLatency({
              ...{ statistic: Stats.AVERAGE, period: PERIOD },
              dimensionsMap: { TableName: orders.tableName, Operation: "PutItem" },
            }),
            orders.metricThrottledRequestsForOperation("PutItem", sum),
          ]),
        ],
      ],
    });
  }
}
