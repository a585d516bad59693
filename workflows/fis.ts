import * as z from "zod";
import { faultKind } from "./fault-kind.ts";
import { FunctionName } from "./function-name.ts";

/**
 * Faults that AWS FIS injects through its extension in the function: neither code nor configuration changes. Ranges are
 * those of the FIS user guide, "AWS Lambda actions".
 */

const commons = {
  function: FunctionName,
  percentage: z
    .int({ error: "expected a whole number from 1 to 100" })
    .min(1, { error: "expected a whole number from 1 to 100" })
    .max(100, { error: "expected a whole number from 1 to 100" })
    .meta({ description: "How many of a hundred invocations are affected." }),
};
const PreventExecution = z
  .boolean({ error: "expected true or false" })
  .default(true)
  .meta({ description: "Whether the affected invocations do not reach the function's own code." });

const DELAY = "expected whole milliseconds from 1 to 900000 (900 s)";
const STATUS = "expected an HTTP status code from 100 to 599";

/** Invocations begin later: the delay is billed, and counts towards the function's timeout. */
export const FisLambdaDelayFault = z.strictObject({
  kind: z.literal("fis-lambda-delay"),
  ...commons,
  delayMs: z
    .int({ error: DELAY })
    .min(1, { error: DELAY })
    .max(900_000, { error: DELAY })
    .meta({ description: "How much later an affected invocation begins, in milliseconds." }),
});
export type FisLambdaDelayFault = z.infer<typeof FisLambdaDelayFault>;

/** Invocations are marked as failed. */
export const FisLambdaErrorFault = z.strictObject({
  kind: z.literal("fis-lambda-error"),
  ...commons,
  preventExecution: PreventExecution,
});
export type FisLambdaErrorFault = z.infer<typeof FisLambdaErrorFault>;

/** Invocations answer with a status of the drill's choice, as an HTTP integration would. */
export const FisLambdaHttpResponseFault = z.strictObject({
  kind: z.literal("fis-lambda-http-response"),
  ...commons,
  statusCode: z.int({ error: STATUS }).min(100, { error: STATUS }).max(599, { error: STATUS }),
  contentType: z
    .string()
    .regex(/^\S+\/\S+$/, { error: "expected a content type such as application/json" })
    .default("application/json"),
  preventExecution: PreventExecution,
});
export type FisLambdaHttpResponseFault = z.infer<typeof FisLambdaHttpResponseFault>;

const EXPERIMENT_BACK =
  "the experiment is stopped and its template deleted, both found by their tag gameday:id; left alone it ends by itself";
const share = ({ percentage, function: name }: { percentage: number; function: string }) =>
  `${percentage} % of the invocations of function ${name}`;
const reach = ({ preventExecution }: { preventExecution: boolean }) =>
  preventExecution ? "without its code being run" : "after its code has run";

export const FIS_FAULTS = {
  "fis-lambda-delay": faultKind(FisLambdaDelayFault, {
    change: (spec) => `an FIS experiment: ${share(spec)} begin ${spec.delayMs} ms later`,
    undo: () => EXPERIMENT_BACK,
    example: { kind: "fis-lambda-delay", function: "checkout", percentage: 33, delayMs: 250 },
  }),
  "fis-lambda-error": faultKind(FisLambdaErrorFault, {
    change: (spec) => `an FIS experiment: ${share(spec)} fail, ${reach(spec)}`,
    undo: () => EXPERIMENT_BACK,
    example: { kind: "fis-lambda-error", function: "checkout", percentage: 50, preventExecution: false },
  }),
  "fis-lambda-http-response": faultKind(FisLambdaHttpResponseFault, {
    change: (spec) => `an FIS experiment: ${share(spec)} answer ${spec.statusCode}, ${reach(spec)}`,
    undo: () => EXPERIMENT_BACK,
    example: {
      kind: "fis-lambda-http-response",
      function: "checkout",
      percentage: 100,
      statusCode: 503,
      contentType: "application/json",
      preventExecution: true,
    },
  }),
};

export type FisFault = FisLambdaDelayFault | FisLambdaErrorFault | FisLambdaHttpResponseFault;

export const isFisFault = <Spec extends { kind: string }>(spec: Spec): spec is Extract<Spec, FisFault> =>
  spec.kind.startsWith("fis-");

/**
 * The extension in the function asks for its configuration now and then: until it has heard of an experiment, and of its
 * end, some environments are affected and others are not. Neither time is judged.
 */
export const Ramp = z.object({
  upSeconds: z.number().min(0),
  downSeconds: z.number().min(0),
  /** From when on the extension's metrics would be known if there were any; absent: nothing follows from their absence. */
  metricsSeconds: z.number().min(0).optional(),
});
export type Ramp = z.infer<typeof Ramp>;

/** FIS user guide: the extension asks at least this often, unless AWS_FIS_SLOW_POLL_INTERVAL_SECONDS says otherwise. */
export const SLOWEST_POLL_SECONDS = 60;

/** What an experiment lasts longer than its fault, so that it is stopped and does not end by itself before. */
const SLACK_SECONDS = 180;
const LONGEST_MINUTES = 12 * 60;
/** The longest fault whose experiment FIS still takes: twelve hours at most (FIS user guide, "AWS Lambda actions"). */
export const LONGEST_FIS_FAULT_SECONDS = LONGEST_MINUTES * 60 - SLACK_SECONDS;

/** How long the experiment of a fault lasts when nobody stops it. */
export const experimentMinutes = (faultSeconds: number): number =>
  Math.min(LONGEST_MINUTES, Math.ceil((faultSeconds + SLACK_SECONDS) / 60));
