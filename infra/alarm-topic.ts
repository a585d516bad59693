import { Aws } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";

/**
 * A topic by which alarms tell people. A topic with a policy of its own, which enforcing TLS gives it, takes nothing from
 * CloudWatch unless the policy says so (SNS developer guide, "Example cases for Amazon SNS access control").
 */
export class AlarmTopic extends Topic {
  constructor(
    scope: Construct,
    id: string,
    { displayName, email }: { displayName: string; email?: string | undefined },
  ) {
    super(scope, id, { displayName, enforceSSL: true });
    letAlarmsPublish(this);
    if (email !== undefined) this.addSubscription(new EmailSubscription(email));
  }
}

export function letAlarmsPublish(topic: ITopic): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      actions: ["sns:Publish"],
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
  );
}
