import { Stack, Tags } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnResourceCollection } from "aws-cdk-lib/aws-devopsguru";
import type { CfnFunction, IFunction } from "aws-cdk-lib/aws-lambda";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";

export interface GameDayTargetProps {
  /** The name that drills give as `target`: lower case, digits and `-`. */
  readonly name: string;
  /** Base URL of the front door, without a trailing slash. */
  readonly url: string;
  /** The functions that game days may change, by the names that drills use. */
  readonly functions: Readonly<Record<string, IFunction>>;
  /** The alarms that should notice. */
  readonly alarms: readonly Alarm[];
  /**
   * Has DevOps Guru analyse the stack, which is billed by the hour and resource; for the detector `devops-guru`. AWS ends its
   * support on 30 September 2027. Default false.
   */
  readonly devOpsGuru?: boolean;
}

/** Tag by which a resource allows game days; the steps' roles may touch nothing that lacks it. */
export const TARGET_TAG = "gameday:target";

/**
 * Allows game days on a system: tags what may be changed and describes the system in the SSM parameter
 * `/gameday/targets/NAME`, where the first step of the workflow looks it up.
 */
export class GameDayTarget extends Construct {
  constructor(scope: Construct, id: string, props: GameDayTargetProps) {
    super(scope, id);
    for (const fn of Object.values(props.functions)) {
      // The function alone: Tags.of(fn) without the filter would tag its role and log group too.
      Tags.of(fn.node.defaultChild as CfnFunction).add(TARGET_TAG, props.name);
    }
    if (props.devOpsGuru) {
      new CfnResourceCollection(this, "Analysed", {
        resourceCollectionFilter: { cloudFormation: { stackNames: [Stack.of(this).stackName] } },
      });
    }
    new StringParameter(this, "Description", {
      parameterName: `/gameday/targets/${props.name}`,
      description: `What game days may know and touch of ${props.name}`,
      stringValue: JSON.stringify({
        name: props.name,
        url: props.url,
        functions: Object.fromEntries(Object.entries(props.functions).map(([name, fn]) => [name, fn.functionName])),
        alarms: props.alarms.map((alarm) => alarm.alarmName),
        stack: Stack.of(this).stackName,
      }),
    });
  }
}
