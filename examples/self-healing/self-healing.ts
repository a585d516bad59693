import { Duration } from "aws-cdk-lib";
import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { NodeFunction } from "../../infra/node-function.ts";
import { wentOff } from "../alarm-events.ts";

export interface SelfHealingProps {
  readonly description: string;
  /** Alarms that say that the function may be ill. */
  readonly alarms: readonly IAlarm[];
  readonly function: IFunction;
  /** Its variables when it is well; null is one that is not there. */
  readonly knownGood: Readonly<Record<string, string | null>>;
}

/** When one of the alarms goes off, the function's variables are put back to what is known to be good. */
export class SelfHealing extends Construct {
  constructor(scope: Construct, id: string, props: SelfHealingProps) {
    super(scope, id);
    const remediate = new NodeFunction(this, "Remediate", {
      bundle: "dist/examples/self-healing/remediate",
      description: props.description,
      environment: {
        POWERTOOLS_SERVICE_NAME: "remediation",
        FUNCTION_NAME: props.function.functionName,
        KNOWN_GOOD: JSON.stringify(props.knownGood),
      },
      timeout: Duration.seconds(30),
      memorySize: 256,
      statements: [
        new PolicyStatement({
          actions: ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
          resources: [props.function.functionArn],
        }),
      ],
    });
    new Rule(this, "AlarmWentOff", {
      description: "An alarm of the system went off: its configuration is looked at",
      eventPattern: wentOff(props.alarms),
      targets: [new LambdaFunction(remediate.function, { retryAttempts: 4, maxEventAge: Duration.minutes(5) })],
    });
  }
}
