import * as z from "zod";
import { faultKind, READ_RIGHT_BEFORE } from "./fault-kind.ts";
import { resourceName } from "./resources.ts";

const RATE = "expected requests a second, more than 0 and at most 10000";
const BURST = "expected a whole number of requests from 1 to 5000";

/** Lets the clients of a usage plan make fewer requests: API Gateway refuses what goes beyond with 429. */
export const ApiThrottleFault = z.strictObject({
  kind: z.literal("api-throttle"),
  usagePlan: resourceName("usagePlan"),
  rate: z
    .number({ error: RATE })
    .positive({ error: RATE })
    .max(10_000, { error: RATE })
    .meta({ description: "Requests a second, for each API key of the plan." }),
  burst: z
    .int({ error: BURST })
    .min(1, { error: BURST })
    .max(5000, { error: BURST })
    .meta({ description: "Requests at once, for each API key of the plan." }),
});
export type ApiThrottleFault = z.infer<typeof ApiThrottleFault>;

const UNITS = "expected a whole number of request units a second from 1 to 40000";
const Units = z.int({ error: UNITS }).min(1, { error: UNITS }).max(40_000, { error: UNITS });

/** Sets the most that an on-demand table takes a second: DynamoDB refuses what goes beyond. */
export const DynamodbThrottleFault = z.strictObject({
  kind: z.literal("dynamodb-throttle"),
  table: resourceName("table"),
  maxWriteUnits: Units.meta({ description: "Write request units a second: one for each KB that is written." }),
  maxReadUnits: Units.optional().meta({
    description: "Read request units a second: one for every 4 KB, half of that when eventually consistent.",
  }),
});
export type DynamodbThrottleFault = z.infer<typeof DynamodbThrottleFault>;

export const THROTTLES = {
  "api-throttle": faultKind(ApiThrottleFault, {
    change: ({ usagePlan, rate, burst }) =>
      `throttle of usage plan ${usagePlan}: ${rate} requests a second, ${burst} at once, for each API key`,
    undo: () => `rate and burst back to what stood before (or no throttle), ${READ_RIGHT_BEFORE}`,
    example: { kind: "api-throttle", usagePlan: "partner", rate: 0.5, burst: 1 },
  }),
  "dynamodb-throttle": faultKind(DynamodbThrottleFault, {
    change: ({ table, maxWriteUnits, maxReadUnits }) =>
      `on-demand maximum of table ${table}: ${maxWriteUnits} write units a second${maxReadUnits === undefined ? "" : `, ${maxReadUnits} read units a second`}`,
    undo: () => `the maximum back to what stood before (a number, or none), ${READ_RIGHT_BEFORE}`,
    example: { kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2, maxReadUnits: 4 },
  }),
};
