declare module "dynalite" {
  import type { Server } from "node:http";
  /** An in-process DynamoDB over HTTP; without `path` it keeps everything in memory. */
  export default function dynalite(options?: { createTableMs?: number; path?: string }): Server;
}
