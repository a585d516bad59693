import { CreateExperimentTemplateCommand, type CreateExperimentTemplateCommandInput } from "@aws-sdk/client-fis";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import * as z from "zod";
import {
  experimentMinutes,
  type FisFault,
  type FisLambdaDelayFault,
  type FisLambdaErrorFault,
  type FisLambdaHttpResponseFault,
  type Ramp,
} from "../../../workflows/fis.ts";
import { TAGS } from "../../../workflows/names.ts";
import type { Check } from "../../../workflows/state.ts";
import { NotProven, NotReady } from "../../runtime/errors.ts";
import type { FaultKind } from "../kind.ts";
import { type FaultPlace, faultPlaceOf } from "../place.ts";
import { targetResource } from "../target-resource.ts";
import {
  deleteTemplates,
  experiment,
  experimentsOf,
  isActive,
  startExperiment,
  stopExperiments,
  templatesOf,
} from "./experiments.ts";
import { METRICS_VARIABLE, saidByExtension } from "./extension-metrics.ts";

/**
 * An experiment leaves the function as it is, so that there is nothing to put back but the experiment itself. What it will
 * be called is not known before it is there: it is found by its tag.
 */
const Before = z.object({
  functionArn: z.string(),
  /** Whether the extension was told to say what it does. */
  reports: z.boolean().default(false),
});
type Before = z.infer<typeof Before>;

/** Invocations of a function begin later. */
export const fisLambdaDelay = experimentOn<FisLambdaDelayFault>("aws:lambda:invocation-add-delay", ({ delayMs }) => ({
  startupDelayMilliseconds: String(delayMs),
}));

/** Invocations of a function are marked as failed. */
export const fisLambdaError = experimentOn<FisLambdaErrorFault>(
  "aws:lambda:invocation-error",
  ({ preventExecution }) => ({ preventExecution: String(preventExecution) }),
);

/** Invocations of a function answer with another HTTP status. */
export const fisLambdaHttpResponse = experimentOn<FisLambdaHttpResponseFault>(
  "aws:lambda:invocation-http-integration-response",
  ({ statusCode, contentType, preventExecution }) => ({
    statusCode: String(statusCode),
    contentTypeHeader: contentType,
    preventExecution: String(preventExecution),
  }),
);

/** FIS user guide, "Quotas": stop conditions of one template. The guard itself looks at every alarm that it names. */
const MOST_STOP_CONDITIONS = 5;
const ACTION = "fault";
const TARGET = "function";

/** One FIS experiment with one action on one function; it ends by itself if nobody stops it. */
function experimentOn<Spec extends FisFault>(
  actionId: string,
  parametersOf: (spec: Spec) => Record<string, string>,
): FaultKind<Spec, Before> {
  return {
    before: Before,

    async snapshot(spec, { clients, target }) {
      const FunctionName = targetResource("function", spec.function, target);
      const { FunctionArn, Environment } = await clients.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      if (!FunctionArn) throw new NotReady(`function ${FunctionName} with an ARN`, "none", "Nothing was touched.");
      return { functionArn: FunctionArn, reports: Environment?.Variables?.[METRICS_VARIABLE] === "all" };
    },

    // The token makes both calls give what an earlier attempt has made, so that nothing is made or started twice.
    async apply(spec, { functionArn }, scene) {
      const { clients, fence } = scene;
      const place = faultPlaceOf(scene);
      const mark = markOf(place);
      const action = {
        actionId,
        parameters: {
          duration: `PT${experimentMinutes(place.fault.durationSeconds)}M`,
          invocationPercentage: String(spec.percentage),
          ...parametersOf(spec),
        },
        targets: { Functions: TARGET },
      };
      await fence();
      const { experimentTemplate } = await clients.fis.send(
        new CreateExperimentTemplateCommand({
          clientToken: mark,
          description: `gameday ${mark}: ${spec.kind} on ${spec.function}`,
          roleArn: place.configuration.experimentRoleArn,
          targets: {
            [TARGET]: { resourceType: "aws:lambda:function", resourceArns: [functionArn], selectionMode: "ALL" },
          },
          actions: { [ACTION]: action },
          stopConditions: stopConditions(place, functionArn),
          tags: { [TAGS.id]: mark },
        }),
      );
      await fence();
      await startExperiment(experimentTemplate?.id, mark, scene);
    },

    async prove(_spec, _before, scene) {
      const { clients } = scene;
      const place = faultPlaceOf(scene);
      const mark = markOf(place);
      const [listed] = await experimentsOf(mark, clients.fis);
      if (!listed) return { acting: false, evidence: [`no experiment with ${TAGS.id}=${mark} is listed yet`] };
      const { state, actions } = await experiment(listed.id, clients.fis);
      const action = actions?.[ACTION];
      const seen = `experiment ${listed.id} is ${state?.status}, its action ${actionId} (${parametersText(action?.parameters)}) ${action?.state?.status}`;
      refuseOver(listed.id, [state, action?.state]);
      if (state?.status !== "running" || action?.state?.status !== "running")
        return { acting: false, evidence: [seen] };
      const rampMs = rampOf(place).upSeconds * 1000;
      const leftSeconds = Math.ceil(((action.startTime?.getTime() ?? 0) + rampMs - place.clock.now().getTime()) / 1000);
      return leftSeconds > 0
        ? { acting: false, evidence: [seen, "the extension may not have heard of it yet"], waitSeconds: leftSeconds }
        : { acting: true, evidence: [seen, `${rampOf(place).upSeconds} s for the extension to hear of it are over`] };
    },

    async lasts(_spec, _before, scene) {
      const { clients } = scene;
      for (const { id } of await experimentsOf(markOf(faultPlaceOf(scene)), clients.fis)) {
        const { state, actions } = await experiment(id, clients.fis);
        refuseOver(id, [state, actions?.[ACTION]?.state]);
      }
    },

    async afterwards(spec, { reports }, scene, acted) {
      const { clients, target } = scene;
      const place = faultPlaceOf(scene);
      const now = place.clock.now().getTime();
      const name = targetResource("function", spec.function, target);
      if (!reports) return { evidence: [`${METRICS_VARIABLE} of ${name} is not all: its extension says nothing`] };
      const said = await saidByExtension(name, { from: acted.from, to: now }, clients);
      if (said.length > 0) return { evidence: [`the extension in ${name} reported ${said.join(", ")}`] };
      // CloudWatch lists a new metric some time after its first point.
      const mayBeUnknown = now < acted.from + (rampOf(place).metricsSeconds ?? Number.POSITIVE_INFINITY) * 1000;
      const silence = `the extension in ${name} reported nothing`;
      if (mayBeUnknown) return { evidence: [`${silence} yet: CloudWatch may not list its metrics so soon`] };
      return { evidence: [silence], ineffective: `${silence}: the experiment ran, and no invocation was touched` };
    },

    async undo(_spec, _before, scene) {
      const mark = markOf(faultPlaceOf(scene));
      await stopExperiments(mark, scene);
      // Without its template no late attempt can start it once more.
      await deleteTemplates(mark, scene);
      return [];
    },

    async check(_spec, _before, scene) {
      const { clients } = scene;
      const place = faultPlaceOf(scene);
      const mark = markOf(place);
      const [experiments, templates] = await Promise.all([
        experimentsOf(mark, clients.fis),
        templatesOf(mark, clients.fis),
      ]);
      const active = experiments.filter(isActive);
      const ended = await Promise.all(
        experiments.filter((one) => !isActive(one)).map(({ id }) => experiment(id, clients.fis)),
      );
      const lastEnd = Math.max(0, ...ended.map(({ endTime }) => endTime?.getTime() ?? 0));
      const leftMs = lastEnd + rampOf(place).downSeconds * 1000 - place.clock.now().getTime();
      const leftSeconds = Math.max(0, Math.ceil(leftMs / 1000));
      return {
        settled: active.length === 0 && leftSeconds === 0,
        ...(active.length === 0 && leftSeconds > 0 ? { waitSeconds: leftSeconds } : {}),
        checks: [
          experimentCheck(
            mark,
            active.map(({ id, state }) => `${id} is ${state?.status}`),
            leftSeconds,
          ),
          templateCheck(
            mark,
            templates.map(({ id }) => id),
          ),
        ],
      };
    },

    byHand(_spec, _before, scene) {
      const mark = markOf(faultPlaceOf(scene));
      const ours = `tags."${TAGS.id}"=='${mark}'`.replaceAll('"', '\\"');
      const stoppable = "contains(['pending','initiating','running'], state.status)";
      return [
        `aws fis list-experiments --output text --query "experiments[?${ours} && ${stoppable}].[id]" | xargs -rn1 aws fis stop-experiment --id`,
        `aws fis list-experiment-templates --output text --query "experimentTemplates[?${ours}].[id]" | xargs -rn1 aws fis delete-experiment-template --id`,
      ];
    },
  };
}

const OVER: ReadonlySet<string> = new Set(["completed", "stopping", "stopped", "failed", "cancelled", "skipped"]);

/** A stop condition, an error of FIS or its own duration may end an experiment before its undo does. */
function refuseOver(id: string, states: readonly ({ status?: string; reason?: string } | undefined)[]): void {
  const over = states.find((state) => OVER.has(state?.status ?? ""));
  if (!over) return;
  const reason = states.find((state) => state?.reason)?.reason;
  throw new NotProven(
    `experiment ${id} to run`,
    `it ${over.status}${reason ? `: ${reason}` : ""}`,
    "Without it the game day says nothing; everything is put back.",
  );
}

/** What the tag and the tokens say: every attempt at the same fault of the same game day gives the same. */
export const markOf = ({ plan, fault }: Pick<FaultPlace, "plan" | "fault">): string => `${plan.id}/${fault.index}`;

const rampOf = ({ fault }: FaultPlace): Ramp => fault.ramp ?? { upSeconds: 0, downSeconds: 0 };

/** The guard's alarms, so that FIS ends the experiment even when nobody else is there any more. */
function stopConditions(
  { plan }: FaultPlace,
  functionArn: string,
): NonNullable<CreateExperimentTemplateCommandInput["stopConditions"]> {
  const alarms = plan.guard?.alarms ?? [];
  if (alarms.length === 0) return [{ source: "none" }];
  // Alarms are of the target, in the same account and region as its function.
  const [, partition, , region, account] = functionArn.split(":");
  return alarms.slice(0, MOST_STOP_CONDITIONS).map((name) => ({
    source: "aws:cloudwatch:alarm",
    value: `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`,
  }));
}

const parametersText = (parameters: Record<string, string> = {}) =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

function experimentCheck(mark: string, active: string[], leftSeconds: number): Check {
  return {
    what: `no FIS experiment with ${TAGS.id}=${mark} acts`,
    ok: active.length === 0 && leftSeconds === 0,
    detail:
      active.length > 0
        ? active.join(", ")
        : leftSeconds > 0
          ? `ended; the extension may not have heard of it for another ${leftSeconds} s`
          : "none found by its tag",
  };
}

function templateCheck(mark: string, ids: string[]): Check {
  return {
    what: `no FIS experiment template with ${TAGS.id}=${mark} is left`,
    ok: ids.length === 0,
    detail: ids.length === 0 ? "none found by its tag" : ids.join(", "),
  };
}
