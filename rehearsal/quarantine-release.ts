import { GetCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { createLeases, QuarantineRelease } from "../functions/lease/lease.ts";
import { NotReady } from "../functions/runtime/errors.ts";
import { createTables, type Tables } from "../stand-in/aws/dynamodb/dynalite.ts";
import type { RegionFolder } from "../stand-in/persistence/region-folder.ts";

/**
 * A person's release of the target of a kept region. The region has to be this process's by now, and is the caller's to
 * remove. Throws {@link NotReady} when its target is in no quarantine.
 */
export async function releaseIn(
  saved: RegionFolder,
  release: { by: string; reason: string },
): Promise<QuarantineRelease> {
  const { target, leaseTable = "" } = saved.description;
  const tables = await createTables([], saved.tables);
  try {
    const leases = createLeases(tables.documents, leaseTable, { now: () => new Date() });
    return await leases.free(target, release);
  } catch (error) {
    // One that was killed after its release and before the region was removed is on record.
    const before = error instanceof NotReady ? await lastRelease(tables, leaseTable, target) : undefined;
    if (!before) throw error;
    return before;
  } finally {
    await tables.stop();
  }
}

const Released = z.object({ releases: z.array(QuarantineRelease).min(1) });

async function lastRelease(
  { documents }: Tables,
  table: string,
  target: string,
): Promise<QuarantineRelease | undefined> {
  const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { target } }));
  return Released.safeParse(Item).data?.releases.at(-1);
}
