import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { type CfnStage, HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  type Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import { NodeFunction } from "../node-function.ts";
import { fisExtensionOf } from "./fis-extension.ts";
import { GameDayTarget } from "./game-day-target.ts";

const PERIOD = Duration.minutes(1);

export interface OrdersStackProps extends StackProps {
  /** Whether its function has the extension by which FIS injects faults. Default true. */
  readonly fisExtension?: boolean;
  /** Whether DevOps Guru analyses it. Default false: it is billed by the hour. */
  readonly devOpsGuru?: boolean;
}

/** `orders`: HTTP API → Lambda → DynamoDB. `POST /orders` stores an order; its function can be told to hurt. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, { fisExtension = true, devOpsGuru = false, ...props }: OrdersStackProps) {
    super(scope, id, props);

    const orders = new Table(this, "Orders", {
      partitionKey: { name: "orderId", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const extension = fisExtension ? fisExtensionOf(this) : undefined;
    const createOrder = new NodeFunction(this, "CreateOrder", {
      bundle: "dist/targets/orders",
      description: "orders: stores one order",
      environment: {
        ...{ POWERTOOLS_SERVICE_NAME: "orders", TABLE_NAME: orders.tableName, FAILURE_RATE: "0" },
        ...extension?.environment,
      },
      layers: extension?.layers ?? [],
      timeout: Duration.seconds(29),
      memorySize: 256,
      statements: [
        new PolicyStatement({ actions: ["dynamodb:PutItem"], resources: [orders.tableArn] }),
        ...(extension?.statements ?? []),
      ],
      wildcards: extension?.wildcards ?? {},
    });

    const api = new HttpApi(this, "Api", { description: "orders" });
    const [route] = api.addRoutes({
      path: "/orders",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("CreateOrderIntegration", createOrder.function),
    });
    acknowledge(route!, "AwsSolutions-APIG4", "An example that anyone may try; it stores nothing of anybody.");
    this.logAccess(api);

    new GameDayTarget(this, "Target", {
      name: "orders",
      url: api.apiEndpoint,
      functions: { "create-order": createOrder.function },
      alarms: this.alarms(api),
      devOpsGuru,
    });
    new CfnOutput(this, "Url", { value: api.apiEndpoint });
  }

  /** Errors, error rate and latency, each in 2 of 5 minutes: thresholds as teams have them. */
  private alarms(api: HttpApi): Alarm[] {
    const errors = api.metricServerError({ statistic: Stats.SUM, period: PERIOD });
    const requests = api.metricCount({ statistic: Stats.SUM, period: PERIOD });
    const errorRate = new MathExpression({
      expression: "100 * errors / requests",
      usingMetrics: { errors, requests },
      period: PERIOD,
    });
    const latency = api.metricLatency({ statistic: Stats.percentile(99), period: PERIOD });
    return [
      this.alarm("Errors", errors, 10, "Ten orders or more failed in a minute"),
      this.alarm("ErrorRate", errorRate, 5, "One order in twenty failed"),
      this.alarm("Latency", latency, 1000, "The slowest hundredth of the orders took a second or more"),
    ];
  }

  private alarm(id: string, metric: Metric | MathExpression, threshold: number, alarmDescription: string): Alarm {
    return new Alarm(this, `${id}Alarm`, {
      metric,
      threshold,
      alarmDescription,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: 2,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private logAccess(api: HttpApi): void {
    const log = new LogGroup(this, "AccessLog", { retention: RetentionDays.ONE_MONTH });
    const stage = api.defaultStage?.node.defaultChild as CfnStage;
    stage.accessLogSettings = {
      destinationArn: log.logGroupArn,
      format: JSON.stringify({
        requestId: "$context.requestId",
        at: "$context.requestTimeEpoch",
        route: "$context.routeKey",
        status: "$context.status",
        latencyMs: "$context.responseLatency",
      }),
    };
  }
}
