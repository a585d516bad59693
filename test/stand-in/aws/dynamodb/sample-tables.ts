import type { Operations } from "../../../../stand-in/aws/operation.ts";
import type { Resource } from "../../../../stand-in/templates/cfn/graph.ts";
import { graphOf } from "../../templates.ts";

const table = (TableName: string, keys: Record<string, "S" | "N">) => ({
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName,
    AttributeDefinitions: Object.entries(keys).map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: Object.keys(keys).map((AttributeName, index) => ({
      AttributeName,
      KeyType: index === 0 ? "HASH" : "RANGE",
    })),
  },
});

/** One table of every shape of key: text and text, text and number, and a partition alone. */
export const sampleTables: readonly Resource[] = graphOf({
  Notes: table("notes", { owner: "S", page: "S" }),
  Readings: table("readings", { sensor: "S", tick: "N" }),
  Marks: table("marks", { mark: "N" }),
}).resources;

/** What a command came to: its output, or the name of its error. */
export async function outcome(service: Operations, command: string, input: object) {
  try {
    const { $metadata: _metadata, ...output } = (await service[command]!.run(input as never)) as Record<
      string,
      unknown
    >;
    return { output };
  } catch (error) {
    return { error: (error as Error).name };
  }
}
