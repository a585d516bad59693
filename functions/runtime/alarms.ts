import {
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import type { Clients } from "./clients.ts";

/** CloudWatch API reference, "DescribeAlarms": in one call, without pages. */
const MOST_ALARMS = 100;

/** An alarm's present state, on metrics or on other alarms. */
export interface StateOfAlarm {
  readonly name: string;
  /** Undefined when there is no such alarm. */
  readonly state: StateValue | undefined;
  readonly reason: string | undefined;
}

/** Alarms by their names. Without `AlarmTypes` CloudWatch leaves out composite ones. */
export async function describeAlarms(
  names: readonly string[],
  { clients }: { readonly clients: Pick<Clients, "cloudwatch"> },
): Promise<{ metric: MetricAlarm[]; composite: CompositeAlarm[] }> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await clients.cloudwatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: [...names],
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      MaxRecords: MOST_ALARMS,
    }),
  );
  return { metric: MetricAlarms, composite: CompositeAlarms };
}

export async function statesOfAlarms(
  names: readonly string[],
  outside: { readonly clients: Pick<Clients, "cloudwatch"> },
): Promise<StateOfAlarm[]> {
  const { metric, composite } = await describeAlarms(names, outside);
  return names.map((name) => {
    const alarm = [...metric, ...composite].find(({ AlarmName }) => AlarmName === name);
    return { name, state: alarm?.StateValue, reason: alarm?.StateReason };
  });
}
