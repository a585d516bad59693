import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { EventPattern } from "aws-cdk-lib/aws-events";

/** The events that CloudWatch puts on the default bus when one of the alarms goes off. */
export const wentOff = (alarms: readonly IAlarm[]): EventPattern => ({
  source: ["aws.cloudwatch"],
  detailType: ["CloudWatch Alarm State Change"],
  resources: alarms.map((alarm) => alarm.alarmArn),
  detail: { state: { value: ["ALARM"] } },
});
