import { LoadError } from "./errors.ts";

export interface Settings {
  readonly gameDay: string;
  readonly shard: number;
  readonly bucket: string;
  readonly k6Path: string;
  /** Whether S3 is reached at an endpoint of one's own. */
  readonly ownEndpoint: boolean;
  /** Whether the worker stops when its standard input is closed. */
  readonly stopWithStdin: boolean;
}

/** The worker's settings, from the task definition's environment or from whoever started the process. */
export function settingsFrom(environment: NodeJS.ProcessEnv): Settings {
  const required = (name: string): string => {
    const value = environment[name];
    if (value) return value;
    throw new LoadError(`the environment variable ${name}`, "none", "Whoever starts the load worker sets it.");
  };
  const shard = Number(required("SHARD"));
  if (!Number.isInteger(shard) || shard < 0) {
    throw new LoadError("SHARD to count from 0", `"${environment.SHARD}"`, "Whoever starts the load worker sets it.");
  }
  required("AWS_REGION");
  return {
    gameDay: required("GAME_DAY"),
    shard,
    bucket: required("RESULTS_BUCKET"),
    k6Path: environment.K6_PATH || "k6",
    ownEndpoint: Boolean(environment.AWS_ENDPOINT_URL_S3),
    stopWithStdin: environment.STOP_WITH_STDIN === "1",
  };
}
