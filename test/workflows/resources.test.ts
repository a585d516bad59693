import { expect, test } from "vitest";
import { resourcesIn } from "../../workflows/resources.ts";

test.each([
  [{ kind: "lambda-outage", function: "checkout" }, [{ field: "function", name: "checkout" }]],
  [
    { kind: "lambda-outage", function: ["checkout", "basket"] },
    [
      { field: "function", name: "checkout" },
      { field: "function", name: "basket" },
    ],
  ],
  [{ kind: "event-source-off", eventSource: "deliveries" }, [{ field: "eventSource", name: "deliveries" }]],
  [{ kind: "rule-off", rule: "to-delivery" }, [{ field: "rule", name: "to-delivery" }]],
  [{ kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2 }, [{ field: "table", name: "orders" }]],
  [{ kind: "lambda-version", alias: "live", version: "7" }, [{ field: "alias", name: "live" }]],
  [{ kind: "version", alias: "live", version: "7" }, [{ field: "alias", name: "live" }]],
  [{ kind: "surge", stages: [] }, []],
  [{ kind: "none" }, []],
])("what %j changes is known by its fields", (spec, resources) => {
  expect(resourcesIn(spec)).toEqual(resources);
});
