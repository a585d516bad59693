import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLeases } from "../../functions/lease/lease.ts";
import { createTables } from "../../stand-in/aws/dynamodb/dynalite.ts";
import { type ProcessMark, thisProcess } from "../../stand-in/persistence/process.ts";
import { RegionFolder } from "../../stand-in/persistence/region-folder.ts";
import { graphOf } from "../stand-in/templates.ts";

const graph = graphOf({
  Leases: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      AttributeDefinitions: [{ AttributeName: "target", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "target", KeyType: "HASH" }],
    },
  },
});
const [leaseTable] = graph.ofType("AWS::DynamoDB::Table");

const gone = (): ProcessMark => ({ ...thisProcess(), pid: spawnSync(process.execPath, ["-e", ""]).pid });

/** A region in the folder where commands run, of a process that is gone unless another owner is given. */
export function regionIn(cwd: string, id: string, owner: ProcessMark = gone()): RegionFolder {
  const regions = join(cwd, ".gameday/regions");
  const reports = join(cwd, ".gameday/reports");
  mkdirSync(join(reports, id), { recursive: true });
  const region = RegionFolder.create(regions, { id, drill: "short", target: "orders", reports })!;
  writeFileSync(join(region.folder, "owner-1.json"), JSON.stringify(owner));
  return region;
}

/** One that is kept because its target could not be put back. */
export async function quarantinedIn(cwd: string, id: string): Promise<RegionFolder> {
  const region = regionIn(cwd, id);
  const reason = "not restored: SLOW_MS of checkout";
  region.write({ leaseTable: leaseTable!.name, quarantine: { holder: id, reason } });
  const tables = await createTables([leaseTable!], region.tables);
  const leases = createLeases(tables.documents, leaseTable!.name, { now: () => new Date() });
  await leases.acquire("orders", { id, executionArn: "arn" }, new Date(Date.now() + 60_000));
  await leases.quarantine("orders", id, reason);
  await tables.stop();
  return region;
}
