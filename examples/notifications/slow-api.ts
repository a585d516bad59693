import { ApiKey, EndpointType, LambdaIntegration, RestApi, type UsagePlan } from "aws-cdk-lib/aws-apigateway";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledge } from "../../infra/acknowledge.ts";

/** Calls a second that the API takes, and as many at once. */
const RATE_LIMIT = 10;
const BURST_LIMIT = 10;

export interface SlowApiProps {
  /** CloudWatch knows a REST API by its name alone, so two of one name would share their metrics. */
  readonly apiName: string;
  readonly handler: LambdaFunction;
}

/** The delivery API, as if it were somebody else's: `POST /slow` with a key, ten calls a second at most. */
export class SlowApi extends Construct {
  readonly api: RestApi;
  readonly handler: LambdaFunction;
  readonly usagePlan: UsagePlan;
  /** Holds the API key's value. */
  readonly key: Secret;
  readonly url: string;

  constructor(scope: Construct, id: string, { apiName, handler }: SlowApiProps) {
    super(scope, id);
    this.handler = handler;
    this.api = new RestApi(this, "Api", {
      restApiName: apiName,
      description: "A delivery API that is slow, unreliable and limited",
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: { stageName: "prod", tracingEnabled: true },
    });
    const slow = this.api.root
      .addResource("slow")
      .addMethod("POST", new LambdaIntegration(handler, { allowTestInvoke: false }), { apiKeyRequired: true });

    const secret = new Secret(this, "Key", {
      description: `API key of ${apiName}`,
      generateSecretString: { excludePunctuation: true, passwordLength: 40 },
    });
    acknowledge(
      secret,
      "AwsSolutions-SMG4",
      "An API key's value cannot be changed: to rotate it is to make another key.",
    );
    this.key = secret;
    const apiKey = new ApiKey(this, "ApiKey", {
      description: "The delivery function's",
      // In the template this is a reference to the secret: CloudFormation alone sees the value.
      value: secret.secretValue.unsafeUnwrap(),
    });
    this.usagePlan = this.api.addUsagePlan("UsagePlan", {
      description: apiName,
      throttle: { rateLimit: RATE_LIMIT, burstLimit: BURST_LIMIT },
      apiStages: [{ stage: this.api.deploymentStage }],
    });
    this.usagePlan.addApiKey(apiKey);
    this.url = this.api.urlForPath("/slow");

    acknowledge(this.api, "AwsSolutions-APIG2", "It stands for an API of somebody else, which takes anything.");
    const stage = this.api.deploymentStage;
    const logs = "Logs of REST APIs need a role that is the whole account's; an example does not set it.";
    acknowledge(stage, "AwsSolutions-APIG1", logs);
    acknowledge(stage, "AwsSolutions-APIG6", logs);
    acknowledge(stage, "AwsSolutions-APIG3", "It is called with a key by one function, and stores nothing.");
    acknowledge(slow, "AwsSolutions-APIG4", "A key and its usage plan are what this example is about.");
    acknowledge(slow, "AwsSolutions-COG4", "Its caller is a function, not a person.");
  }
}
