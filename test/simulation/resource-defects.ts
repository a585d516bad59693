import type { PatchOperation } from "@aws-sdk/client-api-gateway";
import type { OnDemandThroughput } from "@aws-sdk/client-dynamodb";
import type { Clients } from "../../functions/runtime/clients.ts";
import type { Defect } from "../../simulation/defect.ts";
import { type AnyCommand, around, UNDOING, withClients } from "./spoiled-clients.ts";

/** What could be wrong with faults that change something beside functions. */

/** What an undo sends to a service is not what it should be. */
const undoSends = (name: string, client: keyof Clients, spoil: (input: AnyCommand["input"]) => void): Defect => ({
  name,
  spoil:
    () =>
    (runtime, { state }) =>
      UNDOING.includes(state)
        ? withClients(runtime, {
            [client]: around(runtime.clients[client], (command, send) => {
              spoil(command.input);
              return send(command);
            }),
          })
        : runtime,
});

/** The policy as InjectFault found it first, written back whole. */
const wholePolicy: Defect = {
  name: "an undo that writes the whole old policy of a queue",
  spoil: () => {
    const found = new Map<unknown, unknown>();
    return (runtime, { state }) =>
      withClients(runtime, {
        sqs: around(runtime.clients.sqs, async (command, send) => {
          const { QueueUrl, Attributes } = command.input;
          if (Attributes && UNDOING.includes(state)) Object.assign(Attributes, { Policy: found.get(QueueUrl) });
          const output = (await send(command)) as { Attributes?: { Policy?: string } };
          if (state === "InjectFault" && !found.has(QueueUrl)) found.set(QueueUrl, output.Attributes?.Policy ?? "");
          return output;
        }),
      });
  },
};

export const RESOURCE_DEFECTS: readonly Defect[] = [
  wholePolicy,
  undoSends("a usage plan's throttle “none” restored as numbers", "apigateway", (input) => {
    const operations = input.patchOperations as PatchOperation[] | undefined;
    if (operations?.[0]?.op !== "remove") return;
    input.patchOperations = [
      { op: "replace", path: "/throttle/rateLimit", value: "10000" },
      { op: "replace", path: "/throttle/burstLimit", value: "5000" },
    ];
  }),
  undoSends("a table's maximum “none” restored as a number", "dynamodb", (input) => {
    const throughput = input.OnDemandThroughput as OnDemandThroughput | undefined;
    if (throughput?.MaxWriteRequestUnits === -1) throughput.MaxWriteRequestUnits = 40_000;
  }),
];
