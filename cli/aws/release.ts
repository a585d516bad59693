import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createLeases, type QuarantineRelease } from "../../functions/lease/lease.ts";
import { beforeAnyChange } from "./explain.ts";
import { awsConfiguration, readSystem } from "./system.ts";

/** Frees a target on AWS. The record stays in its item of the lease table. */
export async function releaseOnAws(
  target: string,
  release: { by: string; reason: string },
): Promise<QuarantineRelease> {
  return beforeAnyChange(async () => {
    const { leaseTable } = await readSystem();
    const client = new DynamoDBClient(awsConfiguration());
    try {
      const leases = createLeases(DynamoDBDocumentClient.from(client), leaseTable, { now: () => new Date() });
      return await leases.free(target, release);
    } finally {
      client.destroy();
    }
  });
}
