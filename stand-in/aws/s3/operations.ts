import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type {
  GetObjectCommandInput,
  GetObjectCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { UNFINISHED, writeAtomically } from "../../persistence/atomic-file.ts";
import { byName, onlyId, type Types } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import type { Service } from "../service.ts";
import { keyOfPath, pathOfKey } from "./object-path.ts";

/**
 * The objects of every bucket, in memory and, if there is a folder, in files too. In files a key cannot be the folder of
 * another key as well, which S3 allows.
 */
export class Buckets {
  readonly #buckets: ReadonlyMap<string, Map<string, Buffer>>;
  readonly #folder: string | undefined;

  constructor(names: Iterable<string>, folder?: string) {
    this.#folder = folder;
    this.#buckets = new Map([...names].map((name) => [name, folder ? readObjects(join(folder, name)) : new Map()]));
  }

  put(bucket: string, key: string, body: Buffer): void {
    const objects = this.#bucket(bucket);
    if (this.#folder) writeAtomically(join(this.#folder, bucket, pathOfKey(key)), body);
    objects.set(key, body);
  }

  get(bucket: string, key: string): Buffer {
    const body = this.#bucket(bucket).get(key);
    if (!body) throw new ServiceError("NoSuchKey", "The specified key does not exist.", 404);
    return body;
  }

  /** What is not there is deleted as well, as on AWS. */
  delete(bucket: string, key: string): void {
    if (!this.#bucket(bucket).delete(key) || !this.#folder) return;
    rmSync(join(this.#folder, bucket, pathOfKey(key)), { force: true });
  }

  has(bucket = "", key = ""): boolean {
    return this.#buckets.get(bucket)?.has(key) ?? false;
  }

  list(bucket: string, prefix = "", after = "", most = 1000): { keys: string[]; more: boolean } {
    const keys = [...this.#bucket(bucket).keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    return { keys: keys.slice(0, most), more: keys.length > most };
  }

  #bucket(name: string): Map<string, Buffer> {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new ServiceError("NoSuchBucket", "The specified bucket does not exist", 404);
    return bucket;
  }
}

function readObjects(folder: string): Map<string, Buffer> {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(UNFINISHED))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [keyOfPath(relative(folder, file).replaceAll(sep, "/")), readFileSync(file)]));
}

const bucketArn = (bucket: string | undefined) => `arn:aws:s3:::${bucket}`;
const objectArn = (bucket: string | undefined, key: string | undefined) => `${bucketArn(bucket)}/${key}`;

/** What a request needs, the same over the SDK's face and over HTTP. */
export const s3Needs = {
  /** Who may not list the bucket gets AccessDenied for an object that is not there (S3 API reference, GetObject). */
  get: (buckets: Buckets, bucket: string | undefined, key: string | undefined) => [
    { action: "s3:GetObject", resource: objectArn(bucket, key) },
    ...(buckets.has(bucket, key) ? [] : s3Needs.list(bucket)),
  ],
  put: (bucket: string | undefined, key: string | undefined) => [
    { action: "s3:PutObject", resource: objectArn(bucket, key) },
  ],
  list: (bucket: string | undefined) => [{ action: "s3:ListBucket", resource: bucketArn(bucket) }],
};

export function createS3(buckets: Buckets): Service {
  return {
    http: { endpoint: "S3" },
    operations: {
      GetObject: operation<GetObjectCommandInput, GetObjectCommandOutput>({
        needs: ({ Bucket, Key }) => s3Needs.get(buckets, Bucket, Key),
        run: async ({ Bucket, Key }) => {
          const text = buckets.get(Bucket ?? "", Key ?? "").toString();
          // Of the SDK's stream the steps use this one way to read it.
          return { Body: { transformToString: async () => text } } as GetObjectCommandOutput;
        },
      }),
      PutObject: operation<PutObjectCommandInput, PutObjectCommandOutput>({
        needs: ({ Bucket, Key }) => s3Needs.put(Bucket, Key),
        run: async ({ Bucket, Key, Body }) => {
          buckets.put(Bucket ?? "", Key ?? "", Buffer.from(Body as string | Uint8Array));
          return {};
        },
      }),
      ListObjectsV2: operation<ListObjectsV2CommandInput, ListObjectsV2CommandOutput>({
        needs: ({ Bucket }) => s3Needs.list(Bucket),
        run: async ({ Bucket, Prefix, StartAfter, MaxKeys }) => {
          const { keys, more } = buckets.list(Bucket ?? "", Prefix, StartAfter, MaxKeys);
          return { Contents: keys.map((Key) => ({ Key })), IsTruncated: more, KeyCount: keys.length };
        },
      }),
    },
  };
}

export const s3Types: Types = {
  "AWS::S3::Bucket": {
    ref: byName,
    attributes: { Arn: ({ name }) => `arn:aws:s3:::${name}` },
    nameProperty: "BucketName",
    generated: (random, readable) => `${readable}-${random.slice(0, 12)}`.toLowerCase(),
  },
  "AWS::S3::BucketPolicy": onlyId,
};
