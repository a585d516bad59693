import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drillSchema } from "../../workflows/drill-schema.ts";

const file = new URL("../../workflows/drills/drill.schema.json", import.meta.url);

test("the schema that editors read is the one that drills are checked with", () => {
  expect(JSON.parse(readFileSync(file, "utf8")), "run `node workflows/drill-schema.ts`").toEqual(
    JSON.parse(JSON.stringify(drillSchema())),
  );
});

test("it describes what people write: durations are text there, and what has a default may be left out", () => {
  const schema = JSON.parse(JSON.stringify(drillSchema())) as {
    properties: Record<string, { type?: string; $ref?: string }>;
    required: string[];
    additionalProperties: boolean;
  };
  expect(schema.properties.warmUp).toMatchObject({ type: "string" });
  expect(schema.required).not.toContain("deploy");
  expect(schema.required).toContain("faults");
  expect(schema.additionalProperties).toBe(false);
});
