import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { acknowledge } from "../../infra/acknowledge.ts";
import { type Environment, nameIn } from "../../infra/environments.ts";
import { NodeFunction } from "../../infra/node-function.ts";
import { fisExtensionOf } from "../../infra/target/fis-extension.ts";
import { GameDayTarget } from "../../infra/target/game-day-target.ts";
import { Inbox } from "../../infra/target/inbox.ts";
import { logAccess } from "../access-log.ts";
import { wentOff } from "../alarm-events.ts";
import { SelfHealing } from "../self-healing/self-healing.ts";
import { publishedAlias } from "./published-alias.ts";
import { OrdersWatch } from "./watch.ts";

export interface OrdersStackProps extends StackProps {
  readonly environment: Environment;
  /** Whether it puts its own configuration back when an alarm goes off. Default false. */
  readonly selfHealing?: boolean;
  /** Whether its API calls the alias `live` of a published version, and not the function as it is. Default false. */
  readonly releases?: boolean;
}

/** How its function is when nothing hurts: what {@link SelfHealing} puts back. */
const WELL = { FAILURE_RATE: "0", INJECT_LATENCY: null, INJECT_LATENCY_SHARE: null };

/**
 * `orders`: HTTP API → Lambda → DynamoDB. `POST /orders` stores an order; its function can be told to hurt. As
 * `orders-self-healing` it has a second function that takes the hurt away when an alarm goes off; as `orders-releases`, an
 * alias that says which version of the function serves.
 */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, { environment, selfHealing, releases, ...props }: OrdersStackProps) {
    super(scope, id, props);
    const { fisExtension, devOpsGuru } = environment;
    const variant = [selfHealing ? "-self-healing" : "", releases ? "-releases" : ""].join("");
    const name = nameIn(environment, `orders${variant}`);

    const orders = new Table(this, "Orders", {
      partitionKey: { name: "orderId", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const extension = fisExtension ? fisExtensionOf(this) : undefined;
    const createOrder = new NodeFunction(this, "CreateOrder", {
      bundle: "dist/examples/orders/create-order",
      description: `${name}: stores one order`,
      environment: {
        POWERTOOLS_SERVICE_NAME: name,
        TABLE_NAME: orders.tableName,
        FAILURE_RATE: WELL.FAILURE_RATE,
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

    const live = releases ? publishedAlias(this, "Live", "live", createOrder.function) : undefined;

    const api = new HttpApi(this, "Api", { description: name });
    const [route] = api.addRoutes({
      path: "/orders",
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration("CreateOrderIntegration", live ?? createOrder.function),
    });
    acknowledge(route!, "AwsSolutions-APIG4", "An example that anyone may try; it stores nothing of anybody.");
    logAccess(this, api);

    const watch = new OrdersWatch(this, "Watch", {
      name,
      environment,
      api,
      orders,
      createOrder: createOrder.function,
    });
    if (selfHealing) {
      new SelfHealing(this, "SelfHealing", {
        description: `${name}: puts the configuration back when an alarm goes off`,
        alarms: watch.alarms,
        function: createOrder.function,
        knownGood: WELL,
      });
    }
    const inbox = new Inbox(this, "Inbox", {
      target: name,
      topics: [watch.topic],
      events: { AlarmEvents: wentOff(watch.alarms) },
    });
    new GameDayTarget(this, "Target", {
      name,
      url: api.apiEndpoint,
      functions: { "create-order": createOrder.function },
      tables: { orders },
      ...(live ? { aliases: { live } } : {}),
      alarms: [...watch.alarms, watch.hurt],
      inbox: inbox.queue,
      devOpsGuru,
    });
    new CfnOutput(this, "Url", { value: api.apiEndpoint });
  }
}
