import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmBase,
  type AlarmProps,
  ComparisonOperator,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { AlarmTopic } from "../infra/alarm-topic.ts";
import type { Environment } from "../infra/environments.ts";

export const PERIOD = Duration.minutes(1);
export const SUM = { statistic: Stats.SUM, period: PERIOD };
export const MOST = { statistic: Stats.MAXIMUM, period: PERIOD };

/** How many of the last minutes have to be bad. */
type Patience = Required<Pick<AlarmProps, "datapointsToAlarm" | "evaluationPeriods">>;
export const TWO_OF_FIVE: Patience = { datapointsToAlarm: 2, evaluationPeriods: 5 };
export const AT_ONCE: Patience = { datapointsToAlarm: 1, evaluationPeriods: 1 };

export interface WatchProps {
  /** The target's name: the dimension `service` of the metrics that its functions write. */
  readonly name: string;
  readonly environment: Environment;
}

interface Breach {
  /** Default: 2 of 5 minutes. */
  readonly patience?: Patience;
  /** Whether the threshold itself is still fine. Default false. */
  readonly thresholdIsFine?: boolean;
}

/** What watches an example system: its alarms, each with its runbook, and the topic by which people are told. */
export abstract class Watch extends Construct {
  readonly topic: Topic;
  readonly #name: string;
  readonly #runbook: string;

  /** @param page of the runbooks, such as `orders/runbook.md`; its sections are called like the alarms */
  constructor(scope: Construct, id: string, { name, environment }: WatchProps, page: string) {
    super(scope, id);
    this.#name = name;
    this.#runbook = `${environment.runbooks}/${page}`;
    this.topic = new AlarmTopic(this, "Topic", { displayName: name, email: environment.alarmEmail });
  }

  protected described(what: string, section: string): string {
    return `${what}. Runbook: ${this.#runbook}#${section}`;
  }

  /** On a metric whose absence is fine. */
  protected alarm(id: string, metric: IMetric, threshold: number, what: string, breach: Breach = {}): Alarm {
    const { patience = TWO_OF_FIVE, thresholdIsFine = false } = breach;
    return new Alarm(this, `${id}Alarm`, {
      metric,
      threshold,
      alarmDescription: this.described(what, id.toLowerCase()),
      ...patience,
      comparisonOperator: thresholdIsFine
        ? ComparisonOperator.GREATER_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** People are told when one of them goes off. */
  protected tell(...alarms: readonly AlarmBase[]): void {
    for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(this.topic));
  }

  /** A metric that the functions write in their logs. */
  protected own(metricName: string, statistic: string = Stats.SUM): Metric {
    const dimensionsMap = { service: this.#name };
    return new Metric({ namespace: "gameday", metricName, dimensionsMap, statistic, period: PERIOD });
  }
}

/** Half a row of a dashboard. */
export const graph = (title: string, left: IMetric[], right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, width: 12 });
