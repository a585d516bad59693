import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { LambdaOutageFault, LambdaThrottleFault } from "../../workflows/function-faults.ts";
import type { OfOne } from "../../workflows/function-name.ts";
import { ChangedMeanwhile, NotReady } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { targetResource } from "./target-resource.ts";

/** A number, or null where none is reserved: "none" and 0 are different, with 0 Lambda refuses every invocation. */
const Reserved = z.int().min(0).nullable();
type Reserved = z.infer<typeof Reserved>;
const Before = z.object({ reserved: Reserved });
type Before = z.infer<typeof Before>;

/** Refuses every invocation of a function. */
export const lambdaOutage = reservedConcurrency<OfOne<LambdaOutageFault>>(() => 0);

/** Refuses the invocations of a function that go beyond a number at the same time. */
export const lambdaThrottle = reservedConcurrency<OfOne<LambdaThrottleFault>>(({ concurrency }) => concurrency);

/**
 * Reserves concurrency for one function. It is in effect at once and changes neither code nor configuration. The calls know
 * no RevisionId (Lambda API reference, "PutFunctionConcurrency"): what somebody else changes in the moment between
 * reading and writing is overwritten unseen, so that moment is kept as short as it can be.
 */
function reservedConcurrency<Spec extends OfFunction>(intendedBy: (spec: Spec) => number): FaultKind<Spec, Before> {
  return {
    before: Before,

    async snapshot(spec, scene) {
      const reserved = await read(spec, scene);
      if (reserved === intendedBy(spec)) {
        throw new NotReady(
          `${spec.function} without the fault`,
          `its reserved concurrency already ${reserved}, as the fault would make it`,
          "Put it back to normal first: a fault that changes nothing proves nothing.",
        );
      }
      return { reserved };
    },

    async apply(spec, before, scene) {
      const now = await read(spec, scene);
      if (now === intendedBy(spec)) return;
      if (now !== before.reserved) {
        throw new ChangedMeanwhile(
          `the reserved concurrency of ${spec.function} as in the snapshot (${text(before.reserved)})`,
          text(now),
          "Somebody else changed it since; nothing was changed.",
        );
      }
      await write(spec, intendedBy(spec), scene);
    },

    async prove(spec, _before, scene) {
      const now = await read(spec, scene);
      return {
        acting: now === intendedBy(spec),
        evidence: [`${spec.function} read back with reserved concurrency ${text(now)}`],
      };
    },

    async undo(spec, before, scene) {
      const now = await read(spec, scene);
      const intended = intendedBy(spec);
      if (now === before.reserved) return [];
      if (now !== intended) {
        return [{ what: `reserved concurrency of ${spec.function}`, ours: text(intended), found: text(now) }];
      }
      await write(spec, before.reserved, scene);
      return [];
    },

    async check(spec, before, scene) {
      const now = await read(spec, scene);
      const ours = now === intendedBy(spec) && now !== before.reserved;
      return {
        settled: true,
        checks: [
          {
            what: `reserved concurrency of ${spec.function} is as before (${text(before.reserved)})`,
            ok: !ours,
            detail: ours
              ? "still the fault's value"
              : now === before.reserved
                ? "read back equal to the snapshot"
                : `changed to ${text(now)} by somebody else since; left as it is`,
          },
        ],
      };
    },

    byHand(spec, { reserved }, { target }) {
      const name = target.functions[spec.function] ?? spec.function;
      return reserved === null
        ? [`aws lambda delete-function-concurrency --function-name ${name}`]
        : [`aws lambda put-function-concurrency --function-name ${name} --reserved-concurrent-executions ${reserved}`];
    },
  };
}

interface OfFunction {
  readonly function: string;
}

async function read({ function: name }: OfFunction, { clients, target }: Scene): Promise<Reserved> {
  const FunctionName = targetResource("function", name, target);
  // The element is absent when nothing is reserved (Lambda API reference, "GetFunctionConcurrency").
  const { ReservedConcurrentExecutions: reserved } = await clients.lambda.send(
    new GetFunctionConcurrencyCommand({ FunctionName }),
  );
  return reserved ?? null;
}

async function write({ function: name }: OfFunction, reserved: Reserved, scene: Scene): Promise<void> {
  const { clients, target, fence } = scene;
  const FunctionName = targetResource("function", name, target);
  await fence();
  if (reserved === null) await clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  else {
    await clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: reserved }),
    );
  }
}

const text = (reserved: Reserved) => (reserved === null ? "none" : String(reserved));
