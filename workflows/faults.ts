import * as z from "zod";
import { FisLambdaDelayFault, FisLambdaErrorFault, FisLambdaHttpResponseFault, isFisFault } from "./fis.ts";
import { FunctionNames, namesOf } from "./function-name.ts";
import { EventSourceOffFault, QueueImpairmentFault, RuleOffFault } from "./messaging.ts";
import { eitherOf } from "./problem.ts";
import { LambdaVersionFault } from "./published-versions.ts";
import { type NamedResource, resourceIn } from "./resources.ts";
import { SurgeFault, surgeText } from "./surge.ts";
import { ApiThrottleFault, DynamodbThrottleFault } from "./throttles.ts";

/** A Lambda environment variable's name (Lambda API reference, `Environment.Variables`). */
const VariableName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]+$/, {
  error: "expected the name of an environment variable: letters, digits and _, starting with a letter",
});

/** Changes environment variables of functions of the target; every other variable is left alone. */
export const LambdaEnvFault = z.strictObject({
  kind: z.literal("lambda-env"),
  function: FunctionNames,
  set: z
    .record(VariableName, z.string({ error: 'expected text: write numbers in quotes, such as "250"' }))
    .refine((set) => Object.keys(set).length > 0, { error: "expected at least one variable to set" })
    .meta({ description: "Variables and the values they have while the fault lasts." }),
});
export type LambdaEnvFault = z.infer<typeof LambdaEnvFault>;

/** Reserves no concurrency at all for functions: Lambda refuses every invocation, as if they were gone. */
export const LambdaOutageFault = z.strictObject({ kind: z.literal("lambda-outage"), function: FunctionNames });
export type LambdaOutageFault = z.infer<typeof LambdaOutageFault>;

/** Lets functions run only so many times at once, each: Lambda refuses what goes beyond. */
export const LambdaThrottleFault = z.strictObject({
  kind: z.literal("lambda-throttle"),
  function: FunctionNames,
  concurrency: z
    .int({ error: "expected a whole number from 1 to 1000" })
    .min(1, { error: "expected a whole number from 1 to 1000: none at all is the kind lambda-outage" })
    .max(1000, { error: "expected a whole number from 1 to 1000" })
    .meta({ description: "How many invocations may run at the same time." }),
});
export type LambdaThrottleFault = z.infer<typeof LambdaThrottleFault>;

/** No fault at all: a window of the same length in which nobody should notice anything. */
export const NoFault = z.strictObject({ kind: z.literal("none") });
export type NoFault = z.infer<typeof NoFault>;

interface Wording<Spec> {
  /** What will be changed, for people. */
  change(spec: Spec): string;
  /** How it is put back. */
  undo(spec: Spec): string;
  /** Names of the target's functions that it changes. */
  functions(spec: Spec): string[];
}

function functionsText(spec: { readonly function: string | string[] }): string {
  const names = namesOf(spec);
  return `function${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
}

const CONCURRENCY_BACK =
  "reserved concurrency back to what stood before (a number, or none), if still ours; read right before, since Lambda has no compare-and-set for it";

const READ_RIGHT_BEFORE = "if still ours; read right before, since AWS has no compare-and-set for it";

const EXPERIMENT_BACK =
  "the experiment is stopped and its template deleted, both found by their tag gameday:id; left alone it ends by itself";
const share = ({ percentage, function: name }: { percentage: number; function: string }) =>
  `${percentage} % of the invocations of function ${name}`;
const reach = ({ preventExecution }: { preventExecution: boolean }) =>
  preventExecution ? "without its code being run" : "after its code has run";

const kind = <Schema extends z.ZodType>(schema: Schema, wording: Wording<z.infer<Schema>>) => ({ schema, wording });

/** Every kind of fault that a drill can ask for. To add one: its schema, a line here, its verbs in `functions/changes`. */
const KINDS = {
  "lambda-env": kind(LambdaEnvFault, {
    change: ({ set, ...spec }) =>
      `environment of ${functionsText(spec)}: ${Object.entries(set)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ")}`,
    undo: ({ set }) =>
      `${Object.keys(set).join(", ")} back to what stood before (or absent), if still ours; compare-and-set by RevisionId`,
    functions: namesOf,
  }),
  "lambda-outage": kind(LambdaOutageFault, {
    change: (spec) => `reserved concurrency of ${functionsText(spec)}: 0, so that every invocation is refused`,
    undo: () => CONCURRENCY_BACK,
    functions: namesOf,
  }),
  "lambda-throttle": kind(LambdaThrottleFault, {
    change: ({ concurrency, ...spec }) =>
      `reserved concurrency of ${functionsText(spec)}: ${concurrency}, so that what goes beyond is refused`,
    undo: () => CONCURRENCY_BACK,
    functions: namesOf,
  }),
  "lambda-version": kind(LambdaVersionFault, {
    change: ({ alias, version }) => `alias ${alias}: moved to version ${version}`,
    undo: () => "back to the version that stood before, if still ours; compare-and-set by RevisionId",
    functions: () => [],
  }),
  "fis-lambda-delay": kind(FisLambdaDelayFault, {
    change: (spec) => `an FIS experiment: ${share(spec)} begin ${spec.delayMs} ms later`,
    undo: () => EXPERIMENT_BACK,
    functions: ({ function: name }) => [name],
  }),
  "fis-lambda-error": kind(FisLambdaErrorFault, {
    change: (spec) => `an FIS experiment: ${share(spec)} fail, ${reach(spec)}`,
    undo: () => EXPERIMENT_BACK,
    functions: ({ function: name }) => [name],
  }),
  "fis-lambda-http-response": kind(FisLambdaHttpResponseFault, {
    change: (spec) => `an FIS experiment: ${share(spec)} answer ${spec.statusCode}, ${reach(spec)}`,
    undo: () => EXPERIMENT_BACK,
    functions: ({ function: name }) => [name],
  }),
  "event-source-off": kind(EventSourceOffFault, {
    change: ({ eventSource }) => `event source ${eventSource}: disabled, so that nothing reads what it reads`,
    undo: () => `enabled again, ${READ_RIGHT_BEFORE}`,
    functions: () => [],
  }),
  "queue-impairment": kind(QueueImpairmentFault, {
    change: ({ queue, deny }) => `policy of queue ${queue}: a statement that lets nobody ${deny.join(" or ")} messages`,
    undo: () =>
      "the statement is taken out of the policy, found by its Sid; what else the policy says is kept as it is by then",
    functions: () => [],
  }),
  "rule-off": kind(RuleOffFault, {
    change: ({ rule }) => `rule ${rule}: disabled, so that what it would pass on is lost`,
    undo: () => `enabled again, ${READ_RIGHT_BEFORE}`,
    functions: () => [],
  }),
  "api-throttle": kind(ApiThrottleFault, {
    change: ({ usagePlan, rate, burst }) =>
      `throttle of usage plan ${usagePlan}: ${rate} requests a second, ${burst} at once, for each API key`,
    undo: () => `rate and burst back to what stood before (or no throttle), ${READ_RIGHT_BEFORE}`,
    functions: () => [],
  }),
  "dynamodb-throttle": kind(DynamodbThrottleFault, {
    change: ({ table, maxWriteUnits, maxReadUnits }) =>
      `on-demand maximum of table ${table}: ${maxWriteUnits} write units a second${maxReadUnits === undefined ? "" : `, ${maxReadUnits} read units a second`}`,
    undo: () => `the maximum back to what stood before (a number, or none), ${READ_RIGHT_BEFORE}`,
    functions: () => [],
  }),
  surge: kind(SurgeFault, {
    change: (spec) => `more of the same requests beside the load: ${surgeText(spec)}`,
    undo: () => "its load tasks, found by their mark, are stopped; left alone they end by themselves",
    functions: () => [],
  }),
  none: kind(NoFault, {
    change: () => "nothing (control)",
    undo: () => "nothing to put back",
    functions: () => [],
  }),
};

type Schemas = (typeof KINDS)[keyof typeof KINDS]["schema"];
type With<Schema, Commons> =
  Schema extends z.ZodObject<infer Shape, infer Config> ? z.ZodObject<Shape & Commons, Config> : never;

/** A fault of any kind, with fields beside its own that are the same for all kinds. */
export function faultWith<Commons extends z.core.$ZodLooseShape>(commons: Commons) {
  const [first, ...others] = Object.values(KINDS).map(
    ({ schema }) => (schema as z.ZodObject).extend(commons) as unknown as With<Schemas, Commons>,
  );
  return z.discriminatedUnion("kind", [first!, ...others], {
    error: `expected a kind of fault: ${eitherOf(Object.keys(KINDS))}`,
  });
}

/** A fault as it is planned: what its kind needs to know and nothing else. */
export const FaultSpec = faultWith({});
export type FaultSpec = z.infer<typeof FaultSpec>;
export type FaultKindName = FaultSpec["kind"];

interface Words {
  readonly change: string;
  readonly undo: string;
  readonly functions: string[];
  /** What it changes beside functions, if anything. */
  readonly resource: NamedResource | undefined;
}

/** The wording for a fault, whichever kind it is. */
export function wordingOf(spec: FaultSpec): Words {
  const wording = KINDS[spec.kind].wording as Wording<FaultSpec>;
  return {
    change: wording.change(spec),
    undo: wording.undo(spec),
    functions: wording.functions(spec),
    resource: resourceIn(spec),
  };
}

/** Whether it changes something of the target itself: FIS and a surge make something of their own beside it. */
export function isOnTarget(spec: FaultSpec): boolean {
  const { functions, resource } = wordingOf(spec);
  return !isFisFault(spec) && (functions.length > 0 || resource !== undefined);
}
