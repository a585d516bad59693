/** What a policy template makes of its parameter. */
interface PolicyTemplate {
  readonly parameter: string;
  readonly actions: readonly string[];
  /** ARNs with the parameter's value as `${name}`. */
  readonly resources: readonly string[];
}

const own = (service: string, resource: string) =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
const table = {
  parameter: "TableName",
  resources: [own("dynamodb", "table/${name}"), own("dynamodb", "table/${name}/index/*")],
};
const bucket = {
  parameter: "BucketName",
  resources: ["arn:${AWS::Partition}:s3:::${name}", "arn:${AWS::Partition}:s3:::${name}/*"],
};
const queue = { parameter: "QueueName", resources: [own("sqs", "${name}")] };

const prefixed = (service: string, ...names: string[]) => names.map((name) => `${service}:${name}`);
const TABLE_READS = ["GetItem", "Scan", "Query", "BatchGetItem", "DescribeTable"];
const TABLE_WRITES = ["PutItem", "UpdateItem", "BatchWriteItem"];

/** The policy templates for what the stand-in hosts (SAM developer guide, "AWS SAM policy templates", "Policy template list"). */
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  DynamoDBCrudPolicy: {
    ...table,
    actions: prefixed("dynamodb", ...TABLE_READS, ...TABLE_WRITES, "DeleteItem", "ConditionCheckItem"),
  },
  DynamoDBReadPolicy: { ...table, actions: prefixed("dynamodb", ...TABLE_READS) },
  DynamoDBWritePolicy: { ...table, actions: prefixed("dynamodb", ...TABLE_WRITES) },
  EventBridgePutEventsPolicy: {
    parameter: "EventBusName",
    actions: ["events:PutEvents"],
    resources: [own("events", "event-bus/${name}")],
  },
  S3CrudPolicy: { ...bucket, actions: prefixed("s3", "GetObject", "ListBucket", "PutObject", "DeleteObject") },
  S3ReadPolicy: { ...bucket, actions: prefixed("s3", "GetObject", "ListBucket") },
  S3WritePolicy: { ...bucket, actions: ["s3:PutObject"] },
  SNSPublishMessagePolicy: { parameter: "TopicName", actions: ["sns:Publish"], resources: [own("sns", "${name}")] },
  SQSPollerPolicy: {
    ...queue,
    actions: prefixed("sqs", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"),
  },
  SQSSendMessagePolicy: { ...queue, actions: prefixed("sqs", "SendMessage", "SendMessageBatch", "GetQueueAttributes") },
  SSMParameterReadPolicy: {
    parameter: "ParameterName",
    actions: prefixed("ssm", "GetParameter", "GetParameters", "GetParametersByPath"),
    resources: [own("ssm", "parameter/${name}")],
  },
  AWSSecretsManagerGetSecretValuePolicy: {
    parameter: "SecretArn",
    actions: ["secretsmanager:GetSecretValue"],
    resources: ["${name}"],
  },
};

/** `{ DynamoDBReadPolicy: { TableName: … } }` as a statement of a policy; undefined for a template that is not known here. */
export function statementOfTemplate(name: string, parameters: Readonly<Record<string, unknown>>): object | undefined {
  const template = TEMPLATES[name];
  if (!template) return undefined;
  const given = parameters[template.parameter];
  return {
    Effect: "Allow",
    Action: template.actions,
    Resource: template.resources.map((resource) => ({ "Fn::Sub": [resource, { name: given }] })),
  };
}
