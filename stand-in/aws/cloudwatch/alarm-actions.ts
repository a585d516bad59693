import { ACCOUNT, REGION } from "../../templates/cfn/naming.ts";
import type { Event } from "../eventbridge/patterns.ts";
import type { Sns } from "../sns/operations.ts";
import type { AlarmChange } from "./operations.ts";

const CLOUDWATCH = "cloudwatch.amazonaws.com";

/** Whom CloudWatch tells of an alarm's change: the topics among its actions, and the default bus. */
export interface Listeners {
  readonly sns: Pick<Sns, "publishByService">;
  put(event: Event): void;
}

/** What CloudWatch does when an alarm changes its state. Actions that are no topics are not played. */
export function tellOfAlarm(change: AlarmChange, { sns, put }: Listeners): void {
  put(eventOf(change));
  for (const action of change.alarm.actions[change.to]) {
    if (!action.startsWith("arn:aws:sns:")) continue;
    const subject = `${change.to}: "${change.alarm.name}" in ${REGION}`.slice(0, 100);
    sns.publishByService(CLOUDWATCH, { topicArn: action, subject, message: JSON.stringify(noticeOf(change)) });
  }
}

/** CloudWatch user guide, "Alarm events and EventBridge". */
const eventOf = ({ alarm, at, from, to, reason }: AlarmChange): Event => ({
  version: "0",
  id: `${alarm.name}-${at.getTime()}`,
  account: ACCOUNT,
  region: REGION,
  time: `${at.toISOString().slice(0, 19)}Z`,
  source: "aws.cloudwatch",
  "detail-type": "CloudWatch Alarm State Change",
  resources: [alarm.arn],
  detail: { alarmName: alarm.name, state: { value: to, reason }, previousState: { value: from } },
});

/** The fields of an alarm's message that people and tools read. */
const noticeOf = ({ alarm, at, from, to, reason }: AlarmChange) => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  AWSAccountId: ACCOUNT,
  Region: REGION,
  OldStateValue: from,
  NewStateValue: to,
  NewStateReason: reason,
  StateChangeTime: at.toISOString(),
});
