import { DescribeTableCommand, type OnDemandThroughput, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { DynamodbThrottleFault } from "../../workflows/throttles.ts";
import type { Scene } from "./kind.ts";
import { type Reading, settingsFault } from "./settings.ts";
import { targetResource } from "./target-resource.ts";

/** How DynamoDB says that there is no maximum (its API reference, "OnDemandThroughput"). */
const NO_MAXIMUM = -1;

const tableOf = ({ table }: DynamodbThrottleFault, { target }: Scene) => targetResource("table", table, target);

const WRITE = "write maximum";
const READ = "read maximum";
const throughput = (values: Readonly<Record<string, number>>): OnDemandThroughput => ({
  ...(WRITE in values ? { MaxWriteRequestUnits: values[WRITE] } : {}),
  ...(READ in values ? { MaxReadRequestUnits: values[READ] } : {}),
});

/** Sets the most that an on-demand table takes. Its indexes have maxima of their own, which stay as they are. */
export const dynamodbThrottle = settingsFault<DynamodbThrottleFault, number>({
  value: z.int().min(NO_MAXIMUM),
  of: ({ table }) => `table ${table}`,
  intended: ({ maxWriteUnits, maxReadUnits }) => ({
    [WRITE]: maxWriteUnits,
    ...(maxReadUnits === undefined ? {} : { [READ]: maxReadUnits }),
  }),

  async read(spec, scene): Promise<Reading<number>> {
    const TableName = tableOf(spec, scene);
    const { Table } = await scene.clients.dynamodb.send(new DescribeTableCommand({ TableName }));
    const { TableStatus = "not said", BillingModeSummary, OnDemandThroughput: most } = Table ?? {};
    const mode = BillingModeSummary?.BillingMode ?? "PROVISIONED";
    const settled = TableStatus === "ACTIVE";
    return {
      // Nobody says which of the two a table shows that is being updated: what stood before, or what is to come.
      values: settled
        ? { [WRITE]: most?.MaxWriteRequestUnits ?? NO_MAXIMUM, [READ]: most?.MaxReadRequestUnits ?? NO_MAXIMUM }
        : {},
      settled,
      state: TableStatus,
      ...(mode === "PAY_PER_REQUEST" ? {} : { unfit: `billing mode ${mode}, which has no on-demand maximum` }),
    };
  },

  async write(spec, values, scene) {
    const TableName = tableOf(spec, scene);
    const OnDemandThroughput = throughput(values);
    await scene.clients.dynamodb.send(new UpdateTableCommand({ TableName, OnDemandThroughput }));
  },

  text: (units) => (units === NO_MAXIMUM ? "none" : String(units)),

  byHand(spec, before, scene) {
    const fields = Object.entries(throughput(before)).map(([name, units]) => `${name}=${units}`);
    const table = tableOf(spec, scene);
    return [
      `aws dynamodb update-table --table-name ${table} --on-demand-throughput ${fields.join(",")}`,
      `aws dynamodb wait table-exists --table-name ${table}`,
    ];
  },
});
