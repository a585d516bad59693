import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type * as z from "zod";

/** What the worker needs of the results bucket. */
export interface Results {
  /** The object, or undefined when there is none. */
  read<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>;
  write(key: string, value: unknown): Promise<void>;
}

/**
 * The results bucket. Region and credentials come from the SDK's standard variables; an endpoint of one's own
 * (`AWS_ENDPOINT_URL_S3`) has no host name for each bucket, so the bucket goes in the path.
 */
export function bucketResults(bucket: string, ownEndpoint: boolean): Results {
  const s3 = new S3Client({
    forcePathStyle: ownEndpoint,
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 },
  });
  return {
    async read(key, schema) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return schema.parse(JSON.parse(await Body!.transformToString()));
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async write(key, value) {
      const body = JSON.stringify(value);
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" }));
    },
  };
}
