import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { EndpointType, LambdaIntegration, RestApi } from "aws-cdk-lib/aws-apigateway";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { acknowledge } from "../../infra/acknowledge.ts";
import { type Environment, nameIn } from "../../infra/environments.ts";
import { NodeFunction } from "../../infra/node-function.ts";
import { type FisExtension, fisExtensionOf } from "../../infra/target/fis-extension.ts";
import { GameDayTarget } from "../../infra/target/game-day-target.ts";
import { Inbox } from "../../infra/target/inbox.ts";
import { RecordsFrontEnd } from "./front-end.ts";
import { RecordsQueue } from "./queue.ts";
import { RecordsWatch } from "./watch.ts";

export interface RecordsStackProps extends StackProps {
  readonly environment: Environment;
  /** Whether a queue stands between the API and the function that saves. Default false. */
  readonly messaging?: boolean;
}

/**
 * `records`: a front end on Elastic Beanstalk → REST API → SaveUserRecord → table UserRecords. As `records-messaging` it has
 * a queue before the function, and accepts what is saved later.
 */
export class RecordsStack extends Stack {
  readonly #name: string;
  readonly #extension: FisExtension | undefined;

  constructor(scope: Construct, id: string, { environment, messaging = false, ...props }: RecordsStackProps) {
    super(scope, id, props);
    this.#name = nameIn(environment, messaging ? "records-messaging" : "records");
    this.#extension = environment.fisExtension ? fisExtensionOf(this) : undefined;

    const records = new Table(this, "UserRecords", {
      partitionKey: { name: "RecordId", type: AttributeType.STRING },
      sortKey: { name: "Timestamp", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const save = this.function("SaveUserRecord", {
      bundle: "save",
      description: "saves a record",
      environment: { TABLE_NAME: records.tableName },
      statement: new PolicyStatement({ actions: ["dynamodb:PutItem"], resources: [records.tableArn] }),
    });
    const queue = messaging ? new RecordsQueue(this, "Messaging", save) : undefined;
    const accept = queue && this.acceptance(queue);
    const api = this.api(accept ?? save);
    const frontEnd = new RecordsFrontEnd(this, "FrontEnd", {
      description: `${this.#name}: a form and POST /records`,
      backendUrl: api.url,
    });

    const watch = new RecordsWatch(this, "Watch", { name: this.#name, environment, api, save, records, queue });
    new GameDayTarget(this, "Target", {
      name: this.#name,
      url: frontEnd.url,
      functions: { "save-user-record": save, ...(accept ? { "accept-record": accept } : {}) },
      tables: { "user-records": records },
      ...(queue
        ? {
            queues: { records: queue.queue, "dead-letters": queue.deadLetters },
            eventSources: { records: queue.mapping },
          }
        : {}),
      alarms: watch.alarms,
      inbox: new Inbox(this, "Inbox", { target: this.#name, topics: [watch.topic] }).queue,
      measures: watch.measures,
      perRequest: {
        restApiRequests: 1,
        tableWrites: 1,
        functionCalls: queue ? 2 : 1,
        // 50 ms of 256 MB each.
        functionGbSeconds: queue ? 0.025 : 0.0125,
        ...(queue ? { queueRequests: 3 } : {}),
      },
      devOpsGuru: environment.devOpsGuru,
    });
    new CfnOutput(this, "Url", { value: frontEnd.url });
  }

  private acceptance({ queue }: RecordsQueue): LambdaFunction {
    return this.function("AcceptRecord", {
      bundle: "accept",
      description: "takes a record and puts it in the queue",
      environment: { QUEUE_URL: queue.queueUrl },
      statement: new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queue.queueArn] }),
    });
  }

  private function(
    id: string,
    props: { bundle: string; description: string; environment: Record<string, string>; statement: PolicyStatement },
  ): LambdaFunction {
    return new NodeFunction(this, id, {
      bundle: `dist/examples/records/${props.bundle}`,
      description: `${this.#name}: ${props.description}`,
      environment: { POWERTOOLS_SERVICE_NAME: this.#name, ...props.environment, ...this.#extension?.environment },
      layers: this.#extension?.layers ?? [],
      // A sixth of what hides a message of the queue.
      timeout: Duration.seconds(10),
      memorySize: 256,
      statements: [props.statement, ...(this.#extension?.statements ?? [])],
      wildcards: this.#extension?.wildcards ?? {},
    }).function;
  }

  private api(handler: LambdaFunction): RestApi {
    const api = new RestApi(this, "Api", {
      // CloudWatch knows a REST API by its name alone, so two of one name would share their metrics.
      restApiName: this.#name,
      description: "Takes records",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: { stageName: "prod", tracingEnabled: true },
    });
    const post = api.root
      .addResource("record")
      .addMethod("POST", new LambdaIntegration(handler, { allowTestInvoke: false }));
    const open = "An example that anyone may try; it stores nothing of anybody.";
    acknowledge(post, "AwsSolutions-APIG4", open);
    acknowledge(post, "AwsSolutions-COG4", open);
    acknowledge(api, "AwsSolutions-APIG2", "The function checks what it gets, and says what is wrong with it.");
    const stage = api.deploymentStage;
    const logs = "Logs of REST APIs need a role that is the whole account's; an example does not set it.";
    acknowledge(stage, "AwsSolutions-APIG1", logs);
    acknowledge(stage, "AwsSolutions-APIG6", logs);
    acknowledge(stage, "AwsSolutions-APIG3", "A web ACL costs more in a month than the rest of the example.");
    return api;
  }
}
