import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type * as z from "zod";
import { Block } from "../../loadgen/blocks.ts";
import { blockKey, blocksPrefix, parseBlockKey } from "../../workflows/names.ts";
import type { Clients } from "./clients.ts";
import { pagesOf } from "./pages.ts";

/** Reads that go to S3 at the same time: enough to read an hour of blocks in a second or two. */
const AT_ONCE = 32;
/** Blocks that are kept once read, since each is written once: three hours of one shard, some ten megabytes. */
const MOST_KNOWN = 2160;

/** The results bucket, typed: whatever is read is parsed. */
export interface Results {
  put(key: string, content: string, contentType: string): Promise<void>;
  putJson(key: string, value: unknown): Promise<void>;
  /** Undefined when there is no such object. */
  getJson<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>;
  /** Keys that begin with the prefix, in their order. */
  list(prefix: string): Promise<string[]>;
  /** The load blocks of all shards that start in [from, to), in Unix milliseconds, ordered by time. */
  blocks(gameDay: string, from: number, to: number): Promise<Block[]>;
}

export function createResults(s3: Clients["s3"], bucket: string): Results {
  const put: Results["put"] = async (key, content, contentType) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, ContentType: contentType }));
  };

  const getJson: Results["getJson"] = async (key, schema) => {
    try {
      const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return schema.parse(JSON.parse((await object.Body?.transformToString()) ?? ""));
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchKey") return undefined;
      throw error;
    }
  };

  const known = new Map<string, Block>();
  async function readBlock(key: string): Promise<Block | undefined> {
    const block = known.get(key) ?? (await getJson(key, Block));
    if (block) known.set(key, block);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
    return block;
  }

  async function listBlockKeys(gameDay: string, from: number, to: number): Promise<string[]> {
    const keys: string[] = [];
    // Keys are ordered by time: begin just before the first block that can be in it.
    let after: string | undefined = blockKey(gameDay, Math.ceil(from / 1000), 0).replace(/-\d{3}\.json$/, "");
    while (after !== undefined) {
      const page: ListObjectsV2CommandOutput = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: blocksPrefix(gameDay), StartAfter: after }),
      );
      const found = (page.Contents ?? []).map((object) => object.Key ?? "");
      const wanted = found.filter((key) => (parseBlockKey(key)?.start ?? Number.POSITIVE_INFINITY) * 1000 < to);
      keys.push(...wanted);
      after = page.IsTruncated && wanted.length === found.length ? found.at(-1) : undefined;
    }
    return keys;
  }

  return {
    put,
    putJson: (key, value) => put(key, `${JSON.stringify(value, undefined, 2)}\n`, "application/json"),
    getJson,
    async list(prefix) {
      const pages = await pagesOf(
        (ContinuationToken) => s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken })),
        (page) => page.NextContinuationToken,
      );
      return pages.flatMap(({ Contents }) => Contents ?? []).flatMap(({ Key }) => Key ?? []);
    },
    async blocks(gameDay, from, to) {
      const keys = await listBlockKeys(gameDay, from, to);
      const blocks: Block[] = [];
      for (let next = 0; next < keys.length; next += AT_ONCE) {
        const read = await Promise.all(keys.slice(next, next + AT_ONCE).map(readBlock));
        blocks.push(...read.filter((block) => block !== undefined));
      }
      return blocks;
    },
  };
}
