import { randomUUID } from "node:crypto";
import type { PublishCommandInput, PublishCommandOutput } from "@aws-sdk/client-sns";
import type { Resource } from "../cfn/graph.ts";
import { operation, type Service, ServiceError } from "./operation.ts";

export interface Published {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
}

/** The templates' topics. What is published is kept: nobody is mailed. */
export function createSns(resources: readonly Resource[], published: Published[]): Service {
  const topics = new Set(resources.map((resource) => resource.ref));
  return {
    Publish: operation<PublishCommandInput, PublishCommandOutput>({
      needs: ({ TopicArn }) => [{ action: "sns:Publish", resource: TopicArn ?? "" }],
      run: async ({ TopicArn = "", Subject = "", Message = "" }) => {
        if (!topics.has(TopicArn)) throw new ServiceError("NotFoundException", "Topic does not exist", 404);
        if (Subject.length > 100)
          throw new ServiceError("InvalidParameterException", "Invalid parameter: Subject", 400);
        published.push({ topicArn: TopicArn, subject: Subject, message: Message });
        return { MessageId: randomUUID() };
      },
    }),
  };
}
