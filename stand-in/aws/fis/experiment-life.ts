import type { Experiment, ExperimentStatus } from "@aws-sdk/client-fis";
import type { Identities } from "../../iam/identities.ts";
import { ACCOUNT } from "../../templates/cfn/naming.ts";
import type { AlarmState } from "../cloudwatch/alarms.ts";
import type { FunctionRecord } from "../lambda/operations.ts";
import { ServiceError } from "../operation.ts";
import { tagContext } from "../resource-tags.ts";
import type { Buckets } from "../s3/operations.ts";
import { Instruction, instructionKey, parseLocation } from "./extension.ts";
import { actionsOf, durationMs, stopAlarmsOf } from "./template.ts";

export interface ExperimentRecord {
  readonly token: string | undefined;
  readonly experiment: Experiment & { id: string };
}

export interface Surroundings {
  readonly identities: Identities;
  readonly functions: ReadonlyMap<string, FunctionRecord>;
  readonly buckets: Buckets;
  alarmState(alarmArn: string): AlarmState | undefined;
  /** How long FIS takes from one state to the next, milliseconds. */
  readonly paceMs: number;
}

/** How experiments go on by themselves. */
export interface ExperimentLife {
  /** A new one. */
  begin(record: ExperimentRecord): void;
  /** One that another process left under way goes on where it was. */
  carryOn(record: ExperimentRecord): void;
  halt(record: ExperimentRecord, reason: string): void;
  stop(): void;
}

const ACTIVE: readonly (string | undefined)[] = ["pending", "initiating", "running", "stopping"];

export const status = ({ experiment }: ExperimentRecord) => experiment.state?.status;
export const isActive = (record: ExperimentRecord): boolean => ACTIVE.includes(status(record));

/**
 * From one state to the next. While an experiment runs, its instruction for the extension lies in the bucket that the function
 * names (FIS user guide, "Use the AWS FIS aws:lambda:function actions"); it is written and deleted as the experiment's role.
 */
export function experimentLife(surroundings: Surroundings, save: () => void): ExperimentLife {
  const { identities, functions, buckets, alarmState, paceMs } = surroundings;
  const timers = new Set<NodeJS.Timeout>();

  const later = (ms: number, what: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      what();
    }, ms);
    timers.add(timer.unref());
  };

  function become({ experiment }: ExperimentRecord, status: ExperimentStatus, reason?: string): void {
    const state = { status, ...(reason === undefined ? {} : { reason }) };
    experiment.state = state;
    const now = new Date();
    const over = !ACTIVE.includes(status);
    if (over) experiment.endTime = now;
    for (const action of Object.values(experiment.actions ?? {})) {
      action.state = state;
      if (status === "running") action.startTime = now;
      if (over && action.startTime) action.endTime = now;
    }
    save();
  }

  function initiate(record: ExperimentRecord): void {
    if (status(record) !== "pending") return;
    become(record, "initiating");
    later(paceMs, () => run(record));
  }

  function run(record: ExperimentRecord): void {
    if (status(record) !== "initiating") return;
    const raised = stopAlarmsOf(record.experiment).find((alarm) => alarmState(alarm) === "ALARM");
    if (raised) {
      halt(record, `Stop condition ${raised} is in ALARM.`);
      return;
    }
    const until = Date.now() + durationMs(record.experiment);
    try {
      instruct(record, until);
    } catch (error) {
      become(record, "failed", (error as Error).message);
      return;
    }
    record.experiment.startTime = new Date();
    become(record, "running");
    complete(record);
  }

  function complete(record: ExperimentRecord): void {
    const until = (record.experiment.startTime?.getTime() ?? 0) + durationMs(record.experiment);
    later(until - Date.now(), () => {
      if (status(record) === "running") finish(record, "completed");
    });
  }

  function halt(record: ExperimentRecord, reason: string): void {
    if (!isActive(record) || status(record) === "stopping") return;
    become(record, "stopping", reason);
    end(record, reason);
  }

  function end(record: ExperimentRecord, reason: string | undefined): void {
    later(paceMs, () => finish(record, "stopped", reason));
  }

  /** Where the instruction for one function lies. Asks whether the experiment's role may. */
  function placeFor(record: ExperimentRecord, functionArn: string, action: string) {
    const name = functionArn.split(":function:").at(-1) ?? "";
    const target = functions.get(name);
    if (!target) throw new ServiceError("ResourceNotFoundException", `Target resolution found no ${functionArn}.`);
    const location = parseLocation(target.variables);
    if (!location) throw new ServiceError("ValidationException", `${name} has no AWS_FIS_CONFIGURATION_LOCATION.`);
    const role = identities.of(record.experiment.roleArn ?? "");
    identities.authorise(role, { action: "tag:GetResources", resource: "*", context: {} });
    identities.authorise(role, {
      action: "lambda:GetFunction",
      resource: functionArn,
      context: tagContext(target.tags),
    });
    const key = instructionKey(location, name, record.experiment.id);
    const resource = `arn:aws:s3:::${location.bucket}/${key}`;
    identities.authorise(role, { action, resource, context: { "aws:ResourceAccount": ACCOUNT } });
    return { bucket: location.bucket, key };
  }

  function instruct(record: ExperimentRecord, until: number): void {
    for (const { functionArn, action } of actionsOf(record.experiment)) {
      const { bucket, key } = placeFor(record, functionArn, "s3:PutObject");
      const instruction: Instruction = Instruction.parse({
        action: action.actionId,
        parameters: action.parameters,
        until,
      });
      buckets.put(bucket, key, Buffer.from(JSON.stringify(instruction)));
    }
  }

  /** An experiment whose post-action fails has failed; its instruction still says by when it is over. */
  function finish(record: ExperimentRecord, ending: ExperimentStatus, reason?: string): void {
    try {
      withdraw(record);
      become(record, ending, reason);
    } catch (error) {
      become(record, "failed", (error as Error).message);
    }
  }

  function withdraw(record: ExperimentRecord): void {
    if (!record.experiment.startTime) return;
    for (const { functionArn } of actionsOf(record.experiment)) {
      const { bucket, key } = placeFor(record, functionArn, "s3:DeleteObject");
      buckets.delete(bucket, key);
    }
  }

  return {
    halt,
    begin(record) {
      become(record, "pending");
      later(paceMs, () => initiate(record));
    },
    carryOn(record) {
      if (status(record) === "pending") later(paceMs, () => initiate(record));
      else if (status(record) === "initiating") later(paceMs, () => run(record));
      else if (status(record) === "running") complete(record);
      else if (status(record) === "stopping") end(record, record.experiment.state?.reason);
    },
    stop: () => timers.forEach(clearTimeout),
  };
}
