import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import * as z from "zod";
import { createResults } from "../../../functions/runtime/results.ts";
import { Buckets, createS3 } from "../../../stand-in/aws/s3/operations.ts";
import { REGION } from "../../../stand-in/templates/cfn/naming.ts";
import { blockKey } from "../../../workflows/names.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { contracts, errorsOf, outcome, pick } from "../contract.ts";

const BUCKET = "results";
const START = Date.parse("2026-11-21T09:00:00Z") / 1000;
const block = (start: number, shard = 0) => ({
  shard,
  start,
  count: 5,
  failed: { 500: 1 },
  dropped: 0,
  latency: { 12: 5 },
  sealedAt: 0,
});

export const s3 = contracts<undefined>({
  of: "S3",
  async inMoto(clients) {
    // Outside us-east-1 a bucket is told where it is.
    const CreateBucketConfiguration = { LocationConstraint: REGION as "eu-central-1" };
    await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
    return undefined;
  },
  inStandIn: async () => ({ clients: { s3: clientFor(createS3(new Buckets([BUCKET]))) }, world: undefined }),
  contracts: {
    "a result is read as it was written, the last time": async (clients) => {
      const results = createResults(clients.s3, BUCKET);
      await results.putJson("plan.json", { drill: "grün" });
      await results.putJson("plan.json", { drill: "grüner" });
      const plan = await results.getJson("plan.json", z.json());
      return { plan, none: await outcome(() => results.getJson("none.json", z.json())) };
    },
    "blocks of an interval, in the order of time": async (clients) => {
      const results = createResults(clients.s3, BUCKET);
      for (const start of [START + 10, START, START + 5, START - 5, START + 20]) {
        for (const shard of [1, 0]) await results.putJson(blockKey("day-1", start, shard), block(start, shard));
      }
      await results.putJson(blockKey("day-2", START, 0), block(START));
      return results.blocks("day-1", START * 1000, (START + 15) * 1000);
    },
    "a list in pages": async (clients) => {
      const keys = ["a/1", "a/10", "a/2", "a/B", "a/b", "a/ä", "b/1"];
      for (const Key of keys) await clients.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }));
      const list = async (input: { StartAfter?: string; MaxKeys?: number; Prefix?: string }) => {
        const page = await clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "a/", ...input }));
        return { keys: page.Contents?.map(({ Key }) => Key) ?? [], ...pick(page, "IsTruncated", "KeyCount") };
      };
      return {
        whole: await list({}),
        two: await list({ MaxKeys: 2 }),
        rest: await list({ MaxKeys: 5, StartAfter: "a/10" }),
        "after what is not there": await list({ StartAfter: "a/15" }),
        nothing: await list({ Prefix: "c/" }),
      };
    },
    "what is not there": async ({ s3: client }) =>
      errorsOf({
        object: () => client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "none" })),
        "bucket to read": () => client.send(new GetObjectCommand({ Bucket: "none", Key: "none" })),
        "bucket to write": () => client.send(new PutObjectCommand({ Bucket: "none", Key: "none", Body: "x" })),
        "bucket to list": () => client.send(new ListObjectsV2Command({ Bucket: "none" })),
      }),
  },
});
