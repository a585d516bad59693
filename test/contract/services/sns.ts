import { CreateTopicCommand, PublishCommand } from "@aws-sdk/client-sns";
import { createSns } from "../../../stand-in/aws/sns/operations.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { contracts, errorsOf } from "../contract.ts";

const TopicName = "announcements";

export const sns = contracts<{ topicArn: string }>({
  of: "SNS",
  async inMoto(clients) {
    const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: TopicName }));
    return { topicArn: TopicArn! };
  },
  async inStandIn() {
    const graph = graphOf({ Topic: { Type: "AWS::SNS::Topic", Properties: { TopicName } } });
    return {
      clients: { sns: clientFor(createSns(graph, [])) },
      world: { topicArn: graph.resources[0]!.ref },
    };
  },
  contracts: {
    "an announcement": async ({ sns: client }, { topicArn: TopicArn }) => {
      const publish = (changes: object) =>
        client.send(new PublishCommand({ TopicArn, Subject: "s", Message: "m", ...changes }));
      return {
        TopicArn,
        published: typeof (await publish({ Subject: "x".repeat(100) })).MessageId,
        ...(await errorsOf({
          "no subject": () => publish({ Subject: undefined }),
          "a subject that is too long": () => publish({ Subject: "x".repeat(101) }),
          "no message": () => publish({ Message: "" }),
          "no such topic": () => publish({ TopicArn: `${TopicArn}-none` }),
        })),
      };
    },
  },
});
