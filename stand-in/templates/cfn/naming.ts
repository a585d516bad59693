import { readFunctionName } from "./function-name.ts";
import { TemplateError } from "./intrinsics.ts";

/** Where the stand-in region says it is. */
export const REGION = "rehearsal-1";
export const ACCOUNT = "000000000000";

export const arn = (service: string, resource: string, global = false): string =>
  `arn:aws:${service}:${global ? "" : REGION}:${ACCOUNT}:${resource}`;

/** A resource as far as its names go. */
export interface Named {
  readonly type: string;
  /** The resource's physical name or id. */
  readonly name: string;
  readonly properties: Record<string, unknown>;
}

interface Naming {
  /** What `Ref` gives: on AWS a name, an ARN, a URL or an id, by type. */
  ref(resource: Named): string;
  attributes: Record<string, (resource: Named) => string>;
  /** The property that names the resource, where its author gave a name. */
  nameProperty?: string;
}

const byName = (resource: Named) => resource.name;

/** Types whose `Ref` is the name and whose only needed attribute is the ARN. */
const plain = (service: string, resource: (name: string) => string, nameProperty?: string): Naming => ({
  ref: byName,
  attributes: { Arn: ({ name }) => arn(service, resource(name)) },
  ...(nameProperty ? { nameProperty } : {}),
});
const refIsArn = (service: string, resource: (name: string) => string, nameProperty?: string): Naming => {
  const naming = plain(service, resource, nameProperty);
  return { ...naming, ref: naming.attributes.Arn! };
};
const onlyId: Naming = { ref: byName, attributes: {} };

/** The bus in a rule's names: the default one is not in them. */
const busOf = ({ properties: { EventBusName } }: Named): string[] =>
  EventBusName === undefined || EventBusName === "default" ? [] : [String(EventBusName).split("/").at(-1)!];

/** The ARN of a version or an alias: its function's with its own name behind it. */
const qualifiedArn = ({ name, properties }: Named) =>
  arn("lambda", `function:${readFunctionName(String(properties.FunctionName)).name}:${name}`);

/** `Ref` and `Fn::GetAtt` of every type that the stand-in knows (CloudFormation's "return values" of each type). */
const NAMING: Record<string, Naming> = {
  "AWS::ApiGateway::ApiKey": { ref: byName, attributes: { APIKeyId: byName } },
  "AWS::ApiGateway::Deployment": { ref: byName, attributes: { DeploymentId: byName } },
  "AWS::ApiGateway::Method": onlyId,
  "AWS::ApiGateway::Resource": { ref: byName, attributes: { ResourceId: byName } },
  "AWS::ApiGateway::RestApi": {
    ref: byName,
    attributes: { RestApiId: byName, RootResourceId: ({ name }) => `${name}root` },
  },
  "AWS::ApiGateway::Stage": { ref: ({ properties }) => String(properties.StageName), attributes: {} },
  "AWS::ApiGateway::UsagePlan": { ref: byName, attributes: { Id: byName } },
  "AWS::ApiGateway::UsagePlanKey": onlyId,
  "AWS::ApiGatewayV2::Api": {
    ref: byName,
    attributes: { ApiEndpoint: ({ name }) => endpointOf(name), ApiId: byName },
  },
  "AWS::ApiGatewayV2::Integration": onlyId,
  "AWS::ApiGatewayV2::Route": onlyId,
  "AWS::ApiGatewayV2::Stage": { ref: ({ properties }) => String(properties.StageName), attributes: {} },
  "AWS::CloudWatch::CompositeAlarm": plain("cloudwatch", (name) => `alarm:${name}`, "AlarmName"),
  "AWS::CloudWatch::Alarm": plain("cloudwatch", (name) => `alarm:${name}`, "AlarmName"),
  "AWS::CloudWatch::Dashboard": onlyId,
  "AWS::DevOpsGuru::ResourceCollection": onlyId,
  "AWS::DynamoDB::Table": plain("dynamodb", (name) => `table/${name}`, "TableName"),
  "AWS::EC2::InternetGateway": onlyId,
  "AWS::EC2::Route": onlyId,
  "AWS::EC2::RouteTable": { ref: byName, attributes: { RouteTableId: byName } },
  "AWS::EC2::SecurityGroup": { ref: byName, attributes: { GroupId: byName } },
  "AWS::EC2::Subnet": { ref: byName, attributes: { SubnetId: byName } },
  "AWS::EC2::SubnetRouteTableAssociation": onlyId,
  "AWS::EC2::VPC": { ref: byName, attributes: { VpcId: byName } },
  "AWS::EC2::VPCGatewayAttachment": onlyId,
  "AWS::ECS::Cluster": plain("ecs", (name) => `cluster/${name}`, "ClusterName"),
  "AWS::ECS::TaskDefinition": refIsArn("ecs", (name) => `task-definition/${name}:1`),
  "AWS::ElasticBeanstalk::Application": { ref: byName, attributes: {}, nameProperty: "ApplicationName" },
  "AWS::ElasticBeanstalk::ApplicationVersion": onlyId,
  "AWS::ElasticBeanstalk::Environment": {
    ref: byName,
    // An address without a scheme: of the only instance, or of the load balancer.
    attributes: { EndpointURL: ({ name }) => endpointOf(name).replace("http://", "") },
    nameProperty: "EnvironmentName",
  },
  "AWS::Events::EventBus": {
    ref: byName,
    attributes: { Arn: ({ name }) => arn("events", `event-bus/${name}`), Name: byName },
    nameProperty: "Name",
  },
  "AWS::Events::Rule": {
    ref: (rule) => [...busOf(rule), rule.name].join("|"),
    attributes: { Arn: (rule) => arn("events", ["rule", ...busOf(rule), rule.name].join("/")) },
    nameProperty: "Name",
  },
  "AWS::IAM::InstanceProfile": {
    ref: byName,
    attributes: { Arn: ({ name }) => arn("iam", `instance-profile/${name}`, true) },
    nameProperty: "InstanceProfileName",
  },
  "AWS::IAM::Policy": onlyId,
  "AWS::IAM::Role": {
    ref: byName,
    attributes: { Arn: ({ name }) => arn("iam", `role/${name}`, true) },
    nameProperty: "RoleName",
  },
  "AWS::Lambda::Alias": { ref: qualifiedArn, attributes: { AliasArn: qualifiedArn }, nameProperty: "Name" },
  "AWS::Lambda::EventInvokeConfig": onlyId,
  "AWS::Lambda::EventSourceMapping": {
    ref: byName,
    attributes: {
      EventSourceMappingArn: ({ name }) => arn("lambda", `event-source-mapping:${name}`),
      Id: byName,
    },
  },
  "AWS::Lambda::Function": plain("lambda", (name) => `function:${name}`, "FunctionName"),
  "AWS::Lambda::Permission": onlyId,
  "AWS::Lambda::Version": { ref: qualifiedArn, attributes: { FunctionArn: qualifiedArn, Version: byName } },
  "AWS::Logs::LogGroup": plain("logs", (name) => `log-group:${name}:*`, "LogGroupName"),
  "AWS::S3::Bucket": {
    ref: byName,
    attributes: { Arn: ({ name }) => `arn:aws:s3:::${name}` },
    nameProperty: "BucketName",
  },
  "AWS::S3::BucketPolicy": onlyId,
  "AWS::Scheduler::Schedule": plain("scheduler", (name) => `schedule/default/${name}`, "Name"),
  "AWS::SecretsManager::Secret": {
    ref: ({ name }) => arn("secretsmanager", `secret:${name}`),
    attributes: { Id: ({ name }) => arn("secretsmanager", `secret:${name}`) },
  },
  "AWS::SNS::Subscription": onlyId,
  "AWS::SNS::Topic": refIsArn("sns", (name) => name, "TopicName"),
  "AWS::SNS::TopicPolicy": onlyId,
  "AWS::SQS::Queue": {
    ...plain("sqs", (name) => name, "QueueName"),
    ref: ({ name }) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
    attributes: { Arn: ({ name }) => arn("sqs", name), QueueName: byName },
  },
  "AWS::SQS::QueuePolicy": onlyId,
  "AWS::SSM::Parameter": { ref: byName, attributes: {}, nameProperty: "Name" },
  "AWS::StepFunctions::StateMachine": refIsArn("states", (name) => `stateMachine:${name}`, "StateMachineName"),
};

const ENDPOINTS = new Map<string, string>();
/** The address of an API or a front end is known before anything is resolved. */
export const announceEndpoint = (id: string, url: string): void => void ENDPOINTS.set(id, url);
const endpointOf = (id: string) => ENDPOINTS.get(id) ?? `http://${id}.not-hosted.invalid`;

/** Templates put a REST API's address together from its id: here it is on loopback. */
export const onLoopback = (text: string): string =>
  text.replace(/https:\/\/(\w+)\.execute-api\.[\w-]+\.amazonaws\.com/g, (_address, apiId: string) => endpointOf(apiId));

export const isKnownType = (type: string): boolean => type in NAMING;

export function namingOf(type: string): Naming {
  const naming = NAMING[type];
  if (!naming) throw new TemplateError(`Resources of type ${type} are not played, so nothing can refer to one.`);
  return naming;
}

export function attributeOf(resource: Named, attribute: string): string {
  const read = namingOf(resource.type).attributes[attribute];
  if (!read) throw new TemplateError(`The attribute ${attribute} of ${resource.type} is not played.`);
  return read(resource);
}
