import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  type Alarm,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  Dashboard,
  type IMetric,
  MathExpression,
  Stats,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { graph, PERIOD, SUM, Watch, type WatchProps } from "../watch.ts";

export interface OrdersWatchProps extends WatchProps {
  readonly api: HttpApi;
  readonly createOrder: IFunction;
  readonly orders: Table;
}

/** The alarms and the dashboard of `orders`: thresholds as teams have them, and one alarm over them that tells people. */
export class OrdersWatch extends Watch {
  readonly alarms: readonly Alarm[];
  /** Goes off with any of the alarms; the only one with an action, so that one trouble is told once. */
  readonly hurt: CompositeAlarm;
  readonly #props: OrdersWatchProps;

  constructor(scope: Construct, id: string, props: OrdersWatchProps) {
    super(scope, id, props, "orders/runbook.md");
    this.#props = props;
    const { api } = props;
    const errors = api.metricServerError(SUM);
    const requests = api.metricCount(SUM);
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
    this.hurt = new CompositeAlarm(this, "HurtAlarm", {
      alarmDescription: this.described("Orders fail or are slow", "hurt"),
      alarmRule: AlarmRule.anyOf(...this.alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
    });
    this.tell(this.hurt);
    this.dashboard([requests, errors], latency);
  }

  private dashboard(traffic: IMetric[], latency: IMetric): void {
    const { name, createOrder, orders } = this.#props;
    new Dashboard(this, "Dashboard", {
      dashboardName: name,
      widgets: [
        [graph("Orders and failures", traffic), graph("Latency of the API (p99)", [latency])],
        [
          graph(
            "The function: errors, throttles, duration (p50, p99)",
            [createOrder.metricErrors(SUM), createOrder.metricThrottles(SUM)],
            ["p50", "p99"].map((statistic) => createOrder.metricDuration({ statistic, period: PERIOD })),
          ),
          graph("The table: latency and throttled writes", [
            orders.metricSuccessfulRequestLatency({
              statistic: Stats.AVERAGE,
              period: PERIOD,
              dimensionsMap: { TableName: orders.tableName, Operation: "PutItem" },
            }),
            orders.metricThrottledRequestsForOperation("PutItem", SUM),
          ]),
        ],
      ],
    });
  }
}
