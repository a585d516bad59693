import type { Types } from "../templates/cfn/naming.ts";
import { apiGatewayTypes } from "./api-gateway/operations.ts";
import { cloudwatchTypes } from "./cloudwatch/operations.ts";
import { devopsGuruTypes } from "./devops-guru/operations.ts";
import { dynamodbTypes } from "./dynamodb/operations.ts";
import { ecsTypes } from "./ecs/operations.ts";
import { elasticBeanstalkTypes } from "./elastic-beanstalk/front-end.ts";
import { eventbridgeTypes } from "./eventbridge/operations.ts";
import { lambdaTypes } from "./lambda/operations.ts";
import { namedOnlyTypes } from "./named-only.ts";
import { s3Types } from "./s3/operations.ts";
import { schedulerTypes } from "./scheduler/schedules.ts";
import { secretsManagerTypes } from "./secrets-manager/operations.ts";
import { snsTypes } from "./sns/operations.ts";
import { sqsTypes } from "./sqs/operations.ts";
import { ssmTypes } from "./ssm/operations.ts";
import { stepFunctionsTypes } from "./step-functions/operations.ts";

/** Every type of resource that the stand-in knows. */
export const TYPES: Types = {
  ...apiGatewayTypes,
  ...cloudwatchTypes,
  ...devopsGuruTypes,
  ...dynamodbTypes,
  ...ecsTypes,
  ...elasticBeanstalkTypes,
  ...eventbridgeTypes,
  ...lambdaTypes,
  ...s3Types,
  ...schedulerTypes,
  ...secretsManagerTypes,
  ...snsTypes,
  ...sqsTypes,
  ...ssmTypes,
  ...stepFunctionsTypes,
  ...namedOnlyTypes,
};
