/**
 * One shard of a game day's load, as a process of its own: a Fargate task's container, or a child of a rehearsal.
 * It ends with 0 when it could do its job, whatever k6's exit code, which is data.
 */
import { bucketResults } from "./results.ts";
import { settingsFrom } from "./settings.ts";
import { runShard } from "./shard.ts";

const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
process.once("SIGINT", () => stop.abort());

try {
  const { gameDay, shard, k6Path, bucket, ownEndpoint, stopWithStdin } = settingsFrom(process.env);
  if (stopWithStdin) process.stdin.once("close", () => stop.abort()).resume();
  const report = (line: string) => console.error(`load shard ${shard}: ${line}`);
  await runShard({ gameDay, shard, k6Path, results: bucketResults(bucket, ownEndpoint), stop: stop.signal, report });
  process.exit(0);
} catch (error) {
  console.error(`load worker: ${(error as Error).message}`);
  process.exit(1);
}
