import type { RestApi } from "aws-cdk-lib/aws-apigateway";
import { type Alarm, Dashboard, type IMetric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { TargetMeasure } from "../../infra/target/game-day-target.ts";
import { graph, MOST, PERIOD, SUM, Watch, type WatchProps } from "../watch.ts";
import type { RecordsQueue } from "./queue.ts";

const MORE_THAN = { thresholdIsFine: true };

export interface RecordsWatchProps extends WatchProps {
  readonly api: RestApi;
  readonly save: IFunction;
  readonly records: Table;
  /** Absent without the messaging layer. */
  readonly queue: RecordsQueue | undefined;
}

/** The alarms and the dashboard of `records`, and the numbers by which drills judge it. */
export class RecordsWatch extends Watch {
  readonly alarms: readonly Alarm[];
  readonly measures: Readonly<Record<string, TargetMeasure>>;
  readonly #props: RecordsWatchProps;

  constructor(scope: Construct, id: string, props: RecordsWatchProps) {
    super(scope, id, props, "records/runbook.md");
    this.#props = props;
    const { api, save, queue } = props;
    const failures = api.metricServerError(SUM);
    const latency = api.metricLatency({ statistic: Stats.percentile(99), period: PERIOD });
    this.alarms = [
      this.alarm("Latency", latency, 1000, "The slowest hundredth of the requests took more than a second", MORE_THAN),
      // Silent when Lambda does not let the function run at all: what never began cannot fail.
      this.alarm("FunctionErrors", save.metricErrors(SUM), 1, "The function that saves records failed", MORE_THAN),
      this.alarm("Failures", failures, 5, "The API answered more than five requests in a minute with 5XX", MORE_THAN),
      ...(queue
        ? [
            this.alarm(
              "Backlog",
              queue.queue.metricApproximateAgeOfOldestMessage(MOST),
              queue.waitsAtMost.toSeconds(),
              "A record has waited in the queue for too long",
              MORE_THAN,
            ),
            this.alarm(
              "DeadLetters",
              queue.deadLetters.metricApproximateNumberOfMessagesVisible(MOST),
              0,
              "A record was put aside: nobody saves it any more",
              MORE_THAN,
            ),
          ]
        : []),
    ];
    this.tell(...this.alarms);
    this.measures = {
      saved: {
        title: "saved, of all requests",
        unit: "share",
        of: this.own("RecordsSaved"),
        per: api.metricCount(SUM),
      },
      failures: { title: "requests that the API failed", unit: "share", of: failures, per: api.metricCount(SUM) },
      throttles: { title: "invocations that Lambda refused", unit: "count", of: save.metricThrottles(SUM) },
      age: { title: "age when saved, p95 of the worst minute", unit: "milliseconds", of: this.own("AgeAtSave", "p95") },
      ...(queue
        ? {
            "put-aside": {
              title: "put aside in the dead-letter queue",
              unit: "count",
              of: queue.deadLetters.metricApproximateNumberOfMessagesVisible(MOST),
            },
          }
        : {}),
    };
    this.dashboard(failures, latency);
  }

  private dashboard(failures: IMetric, latency: IMetric): void {
    const { name, api, save, records, queue } = this.#props;
    const puts = { statistic: Stats.AVERAGE, period: PERIOD };
    new Dashboard(this, "Dashboard", {
      dashboardName: name,
      widgets: [
        [
          graph("Requests, 5XX, and records saved", [api.metricCount(SUM), failures, this.own("RecordsSaved")]),
          graph("Latency of the API (p99)", [latency]),
        ],
        [
          graph(
            "The function: errors, throttles, duration (p50, p99)",
            [save.metricErrors(SUM), save.metricThrottles(SUM)],
            ["p50", "p99"].map((statistic) => save.metricDuration({ statistic, period: PERIOD })),
          ),
          graph("The table: latency of puts", [
            records.metricSuccessfulRequestLatency({
              ...puts,
              dimensionsMap: { TableName: records.tableName, Operation: "PutItem" },
            }),
          ]),
        ],
        [
          graph(
            "Size of records, and their age when saved (p95)",
            [this.own("RecordSize", "p95")],
            [this.own("AgeAtSave", "p95")],
          ),
          ...(queue
            ? [
                graph("The queue: waiting, put aside", [
                  queue.queue.metricApproximateNumberOfMessagesVisible(MOST),
                  queue.deadLetters.metricApproximateNumberOfMessagesVisible(MOST),
                ]),
              ]
            : []),
        ],
      ],
    });
  }
}
