import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostedRegion } from "../stand-in/hosted-region.ts";
import { gameDayPrefix, resultKey } from "../workflows/names.ts";
import { Result } from "../workflows/result.ts";

/** The files of one game day that people read. Blocks and the like stay behind. */
const FILES = ["result.json", "series.json", "report.html", "picture.svg", "summary.md", "junit.xml", "journal.json"];

/** Lays a game day's files, as far as there are any, in the folder. Returns the result, if there is one. */
export function layFiles({ buckets, graph }: Pick<HostedRegion, "buckets" | "graph">, id: string, folder: string) {
  const bucket = graph
    .ofType("AWS::S3::Bucket")
    .find(({ name }) => buckets.list(name, gameDayPrefix(id)).keys.length > 0);
  if (!bucket) return undefined;
  for (const file of FILES) {
    const key = resultKey(id, file);
    if (!buckets.has(bucket.name, key)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), buckets.get(bucket.name, key));
  }
  const key = resultKey(id, "result.json");
  return buckets.has(bucket.name, key) ? Result.parse(JSON.parse(buckets.get(bucket.name, key).toString())) : undefined;
}

/** What happened that is in nobody's report; `known` are executions whose ending is told otherwise. */
export async function troublesOf(region: HostedRegion, known: ReadonlySet<string>): Promise<string[]> {
  const others = [...region.executions.values()].filter(({ arn }) => !known.has(arn));
  const endings = await Promise.all(others.map(async ({ arn, ended }) => ({ arn, ...(await ended) })));
  return [
    ...region.graph.skipped.map(({ type, path }) => `not hosted: ${path} (resources of type ${type} are not played)`),
    ...counted(region.undelivered.map(({ rule, reason }) => `an event was not delivered by ${rule}: ${reason}`)),
    ...counted(region.lost.map(({ functionArn, reason }) => `${functionArn} lost an event: ${reason}`)),
    ...endings
      .filter(({ status }) => status !== "SUCCEEDED")
      .map(({ arn, status, error, cause }) => `${arn} ended ${status}: ${error} ${cause}`),
  ];
}

/** The same trouble many times over is one line. */
export function counted(lines: readonly string[]): string[] {
  const times = Map.groupBy(lines, (line) => line);
  return [...times].map(([line, { length }]) => (length === 1 ? line : `${line} (${length} times)`));
}
