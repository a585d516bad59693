import * as z from "zod";
import type { Identities } from "../../iam/identities.ts";
import { ACCOUNT } from "../../templates/cfn/naming.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Answer } from "../lambda/execution-environment.ts";
import type { FunctionRecord } from "../lambda/operations.ts";
import type { Buckets } from "../s3/operations.ts";

/** What one experiment does to an invocation. */
export type Effect =
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "error"; readonly prevented: boolean }
  | {
      readonly kind: "response";
      readonly statusCode: number;
      readonly contentType: string;
      readonly prevented: boolean;
    };

/** One experiment on a function: what it does, and to which share of the invocations. */
export interface Injection {
  readonly share: number;
  readonly effect: Effect;
}

const Whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const Prevent = z.enum(["true", "false"]).default("false");
const Share = { invocationPercentage: Whole(1, 100).default(100) };
const prevented = (prevent: "true" | "false") => prevent === "true";

/** The parameters of each action, as text, and what they come to (FIS user guide, "AWS Lambda actions"). */
export const INJECTIONS: Readonly<Record<string, z.ZodType<Injection>>> = {
  "aws:lambda:invocation-add-delay": z
    .object({ ...Share, startupDelayMilliseconds: Whole(0, 900_000).default(1000) })
    .transform(({ invocationPercentage, startupDelayMilliseconds: ms }) => ({
      share: invocationPercentage / 100,
      effect: { kind: "delay", ms },
    })),
  "aws:lambda:invocation-error": z
    .object({ ...Share, preventExecution: Prevent })
    .transform(({ invocationPercentage, preventExecution }) => ({
      share: invocationPercentage / 100,
      effect: { kind: "error", prevented: prevented(preventExecution) },
    })),
  "aws:lambda:invocation-http-integration-response": z
    .object({ ...Share, preventExecution: Prevent, statusCode: Whole(0, 999), contentTypeHeader: z.string() })
    .transform(({ invocationPercentage, preventExecution, statusCode, contentTypeHeader }) => ({
      share: invocationPercentage / 100,
      effect: {
        kind: "response",
        statusCode,
        contentType: contentTypeHeader,
        prevented: prevented(preventExecution),
      },
    })),
};

/** What FIS leaves for the extension in the bucket. AWS does not say how it writes it; this is the stand-in's own. */
export const Instruction = z.object({
  action: z.string(),
  parameters: z.record(z.string(), z.string()),
  /** Unix milliseconds by which it is over, whatever becomes of FIS. */
  until: z.number(),
});
export type Instruction = z.infer<typeof Instruction>;

interface Location {
  readonly bucket: string;
  readonly prefix: string;
}

type Variables = Readonly<Record<string, string>>;

/** The bucket and the prefix in `AWS_FIS_CONFIGURATION_LOCATION`. */
export function parseLocation({ AWS_FIS_CONFIGURATION_LOCATION: location = "" }: Variables): Location | undefined {
  const [, bucket, prefix] = /^arn:aws:s3:::([^/]+)\/(.+\/)$/.exec(location) ?? [];
  return bucket && prefix ? { bucket, prefix } : undefined;
}

const folderOf = ({ prefix }: Location, name: string) => `${prefix}${name}/`;
export const instructionKey = (location: Location, name: string, experiment: string): string =>
  `${folderOf(location, name)}${experiment}.json`;

const WRAPPER = "/opt/aws-fis/bootstrap";
const LAYER = /:layer:aws-fis-extension/i;
/** FIS user guide: how long after its last look the extension looks again, while it knows of faults and while not. */
const ACTIVE_POLL_MS = 20_000;
const SLOW_POLL_SECONDS = { least: 20, default: 60 };

interface Surroundings {
  readonly identities: Identities;
  readonly buckets: Buckets;
  readonly metrics: Metrics;
  /** How often the extensions ask, whatever the function's configuration says. Default: as the FIS user guide says. */
  readonly pollMs?: number;
}

interface Known {
  readonly askedAt: number;
  readonly instructions: readonly Instruction[];
}

/**
 * The extension in every function that has it: asks the bucket for instructions, as the function's own role, when an
 * invocation comes and the last look is long enough ago. One extension serves all environments of a function; on AWS each
 * has its own and hears at a moment of its own.
 */
export class FisExtensions {
  readonly #surroundings: Surroundings;
  readonly #known = new Map<string, Known>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** What is injected into a function's invocations right now. `variables` are those that are in effect. */
  injectionsOf(record: FunctionRecord, variables: Variables = record.variables): Injection[] {
    const location = parseLocation(variables);
    const present = record.layers.some((layer) => LAYER.test(layer)) && variables.AWS_LAMBDA_EXEC_WRAPPER === WRAPPER;
    if (!location || !present) return [];
    const now = Date.now();
    let known = this.#known.get(record.name);
    if (!known || now - known.askedAt >= this.#pollMs(known, variables)) {
      known = { askedAt: now, instructions: this.#ask(record, location) };
      this.#known.set(record.name, known);
    }
    return known.instructions
      .filter(({ until }) => until > now)
      .map(({ action, parameters }) => INJECTIONS[action]!.parse(parameters));
  }

  /** An invocation was touched: the extension says so where it was told to. AWS does not say what its metrics are called. */
  report({ name }: FunctionRecord, { AWS_FIS_EXTENSION_METRICS: metrics }: Variables): void {
    if (metrics !== "all") return;
    this.#surroundings.metrics.add("aws-fis-extension", "InvocationsTouched", { FunctionName: name }, 1);
  }

  #pollMs({ instructions }: Known, { AWS_FIS_SLOW_POLL_INTERVAL_SECONDS: slow }: Variables): number {
    if (this.#surroundings.pollMs !== undefined) return this.#surroundings.pollMs;
    if (instructions.length > 0) return ACTIVE_POLL_MS;
    const seconds = Number(slow) || SLOW_POLL_SECONDS.default;
    return Math.max(SLOW_POLL_SECONDS.least, seconds) * 1000;
  }

  /** Nothing when the function's role may not read: the extension does not keep a function from working. */
  #ask(record: FunctionRecord, location: Location): Instruction[] {
    const { identities, buckets } = this.#surroundings;
    const { bucket, prefix } = location;
    const role = identities.of(record.roleArn);
    const bucketArn = `arn:aws:s3:::${bucket}`;
    const folder = folderOf(location, record.name);
    const context = { "s3:prefix": folder, "aws:ResourceAccount": ACCOUNT };
    try {
      identities.authorise(role, { action: "s3:ListBucket", resource: bucketArn, context });
      return buckets.list(bucket, folder).keys.map((key) => {
        identities.authorise(role, { action: "s3:GetObject", resource: `${bucketArn}/${key}`, context });
        return Instruction.parse(JSON.parse(buckets.get(bucket, key).toString()));
      });
    } catch (error) {
      if (["AccessDeniedException", "NoSuchBucket", "NoSuchKey"].includes((error as Error).name)) return [];
      throw new Error(`the extension cannot read ${bucket}/${prefix}`, { cause: error });
    }
  }
}

/** Serves one invocation with whatever is injected into it. */
export async function injected(
  injections: readonly Injection[],
  timeoutMs: number,
  serve: () => Promise<Answer>,
  onTouched: () => void = () => {},
): Promise<Answer> {
  const [first, ...others] = injections.filter(({ share }) => Math.random() < share);
  if (!first) return serve();
  onTouched();
  const { effect } = first;
  if (effect.kind === "delay") {
    // The delay counts towards the timeout; what is left of that for the code is not shortened here.
    await new Promise((done) => setTimeout(done, Math.min(effect.ms, timeoutMs)));
    if (effect.ms >= timeoutMs) return timedOut(timeoutMs);
    return injected(others.map(certain), timeoutMs, serve);
  }
  if (!effect.prevented) await serve();
  if (effect.kind === "error") {
    return { error: { errorType: "FisInjectedError", errorMessage: "error injected by AWS FIS" } };
  }
  const { statusCode, contentType } = effect;
  return { result: { statusCode, headers: { "content-type": contentType }, body: "" } };
}

/** The draw has been made. */
const certain = (injection: Injection): Injection => ({ ...injection, share: 1 });

const timedOut = (timeoutMs: number): Answer => ({
  error: {
    errorType: "Sandbox.Timedout",
    errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  },
});
