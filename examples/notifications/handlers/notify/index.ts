import { randomUUID } from "node:crypto";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { observed, traced } from "../../../../functions/runtime/powertools.ts";
import { measured } from "../../../telemetry.ts";
import { DETAIL_TYPE, EVENT_SOURCE } from "../notification.ts";
import { telemetry } from "../telemetry.ts";
import { variable } from "../variables.ts";
import { accept, NotForwarded } from "./accept.ts";

const bus = variable(process.env, "EVENT_BUS_NAME");
const events = traced(new EventBridgeClient({}));

/** `POST /notifications` behind the HTTP API. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  observed("notify", context, () =>
    measured(async () => {
      const body = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : event.body;
      const answer = await accept(body, {
        async forward(notification) {
          const entry = { EventBusName: bus, Source: EVENT_SOURCE, DetailType: DETAIL_TYPE };
          const { Entries = [] } = await events.send(
            new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(notification) }] }),
          );
          // A refused entry is no error of the call (EventBridge API reference, "PutEvents").
          const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
          if (refused) throw new NotForwarded(`${refused.ErrorCode}: ${refused.ErrorMessage}`);
          telemetry.count("Accepted");
          telemetry.note("accepted", notification.metadata.correlation_id);
        },
        correlationId: randomUUID,
        now: () => new Date(),
      });
      return { ...answer, headers: { "content-type": "application/json" } };
    }),
  );
