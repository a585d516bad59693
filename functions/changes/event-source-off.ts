import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { EventSourceOffFault } from "../../workflows/messaging.ts";
import type { Scene } from "./kind.ts";
import { type Reading, settingsFault } from "./settings.ts";
import { targetResource } from "./target-resource.ts";

const uuidOf = (name: string, { target }: Scene) => targetResource("eventSource", name, target);

/** What each state comes to (Lambda API reference, "GetEventSourceMapping"). Others, such as `Updating`, do not say. */
const ENABLED: Readonly<Record<string, boolean>> = { Enabled: true, Enabling: true, Disabled: false, Disabling: false };

/** Disables an event source mapping: what is with the function already is finished, and nothing more is read. */
export const eventSourceOff = settingsFault<EventSourceOffFault, boolean>({
  value: z.boolean(),
  of: ({ eventSource }) => `event source ${eventSource}`,
  intended: () => ({ polling: false }),

  async read({ eventSource }, scene): Promise<Reading<boolean>> {
    const UUID = uuidOf(eventSource, scene);
    const { State = "not said" } = await scene.clients.lambda.send(new GetEventSourceMappingCommand({ UUID }));
    return {
      values: { polling: ENABLED[State] },
      settled: State === "Enabled" || State === "Disabled",
      state: State,
    };
  },

  async write({ eventSource }, { polling }, scene) {
    const UUID = uuidOf(eventSource, scene);
    await scene.clients.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: polling }));
  },

  text: (polling) => (polling ? "on" : "off"),

  byHand: ({ eventSource }, { polling }, scene) => [
    `aws lambda update-event-source-mapping --uuid ${uuidOf(eventSource, scene)} --${polling ? "" : "no-"}enabled`,
  ],
});
