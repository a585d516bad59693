import type { Duration } from "aws-cdk-lib";
import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { fromRoot } from "./code.ts";

export interface NodeFunctionProps {
  /** Folder of the bundle, from the project's root. */
  readonly bundle: string;
  readonly description: string;
  readonly environment: Record<string, string>;
  readonly timeout: Duration;
  readonly memorySize: number;
  /** Default: none. */
  readonly layers?: ILayerVersion[];
  readonly statements: PolicyStatement[];
  /** Resources with a wildcard in the statements, as cdk-nag writes them, and why each has to be. */
  readonly wildcards?: Readonly<Record<string, string>>;
}

/** A function with a role and a log group of its own, traced by X-Ray, that may do what its statements say and no more. */
export class NodeFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Log", { retention: RetentionDays.THREE_MONTHS });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    for (const statement of props.statements) role.addToPolicy(statement);
    this.function = new LambdaFunction(this, "Function", {
      code: Code.fromAsset(fromRoot(props.bundle)),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      description: props.description,
      environment: { POWERTOOLS_METRICS_NAMESPACE: "gameday", ...props.environment },
      timeout: props.timeout,
      memorySize: props.memorySize,
      tracing: Tracing.ACTIVE,
      layers: props.layers ?? [],
      role,
      logGroup,
    });
    const wildcards = { "*": "X-Ray's PutTraceSegments has no resource to name.", ...props.wildcards };
    for (const [resource, reason] of Object.entries(wildcards)) {
      acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
    }
  }
}
