import {
  CreateExperimentTemplateCommand,
  DeleteExperimentTemplateCommand,
  GetExperimentCommand,
  StartExperimentCommand,
  StopExperimentCommand,
} from "@aws-sdk/client-fis";
import { experiment, experimentsOf, templatesOf } from "../../../functions/changes/fis/experiments.ts";
import { fisLambdaDelay, markOf } from "../../../functions/changes/fis/fis-lambda.ts";
import type { Scene } from "../../../functions/changes/kind.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { placeOfFault } from "../../functions/changes/place.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { fisWorld } from "../../stand-in/aws/fis/world.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick, until } from "../contract.ts";
import { createRole } from "../moto/server.ts";
import { functionInMoto } from "./lambda.ts";

interface World {
  readonly roleArn: string;
}

const SPEC = { kind: "fis-lambda-delay", function: "checkout", percentage: 33, delayMs: 250 } as const;
const FAULT = { durationSeconds: 600, ramp: { upSeconds: 0, downSeconds: 0 } };
const MARK = markOf(placeOfFault());

const sceneOf = (clients: Clients, { roleArn }: World): Scene => ({
  clients,
  target,
  fence: async () => {},
  place: placeOfFault({
    plan: { guard: { alarms: target.alarms } },
    fault: FAULT,
    configuration: { experimentRoleArn: roleArn },
  }),
});

/** The experiments and templates that carry the mark, as the lists show them. */
async function listed({ fis: client }: Clients) {
  const [experiments, templates] = await Promise.all([experimentsOf(MARK, client), templatesOf(MARK, client)]);
  return {
    experiments: experiments.map((one) => pick(one, "id", "experimentTemplateId", "tags")),
    templates: templates.map((one) => pick(one, "id", "description", "tags")),
  };
}

/** One experiment is made for the fault, however often it is injected. */
async function inject(clients: Clients, world: World) {
  const scene = sceneOf(clients, world);
  const before = await fisLambdaDelay.snapshot(SPEC, scene);
  await fisLambdaDelay.apply(SPEC, before, scene);
  await fisLambdaDelay.apply(SPEC, before, scene);
  const [{ id } = { id: "none" }] = await experimentsOf(MARK, clients.fis);
  const running = await until(
    () => experiment(id, clients.fis),
    ({ state }) => state?.status === "running",
  );
  return { scene, before, id, running };
}

const stopped = (clients: Clients, id: string) =>
  until(
    () => experiment(id, clients.fis),
    ({ state }) => state?.status === "stopped",
  );

export const fis = contracts<World>({
  of: "FIS",
  async inMoto(clients, moto) {
    // An experiment goes on after a few looks, as one on AWS does after some seconds.
    const transition = { progression: "manual", times: 3 };
    await moto.configure("state-manager/set-transition", { model_name: "fis::experiment", transition });
    await functionInMoto(clients, moto);
    return { roleArn: await createRole(moto, "experiments") };
  },
  async inStandIn() {
    const { fis: played, lambda, roleArn } = fisWorld({ paceMs: 50 });
    return {
      clients: { fis: clientFor(played), lambda: clientFor(lambda) },
      world: { roleArn },
      stop: () => played.stop(),
    };
  },
  contracts: {
    "an experiment is made and started once, and seen to run": async (clients, world) => {
      const { before, running } = await inject(clients, world);
      const { targets, actions, stopConditions, state, tags, startTime } = running;
      const { state: acting, ...action } = actions!.fault!;
      return {
        before,
        targets,
        stopConditions,
        tags,
        startTime,
        statuses: [state?.status, acting?.status],
        action: pick(action, "actionId", "parameters", "targets", "startTime"),
        ...(await listed(clients)),
      };
    },
    "undone, it has stopped and its template is gone": async (clients, world) => {
      const { scene, before, id } = await inject(clients, world);
      const conflicts = await fisLambdaDelay.undo(SPEC, before, scene);
      await stopped(clients, id);
      const restoration = await until(
        () => fisLambdaDelay.check(SPEC, before, scene),
        ({ settled }) => settled,
      );
      const { state, endTime, actions } = await experiment(id, clients.fis);
      return {
        conflicts,
        restoration,
        endTime,
        statuses: [state?.status, actions?.fault?.state?.status],
        ...(await listed(clients)),
        again: await fisLambdaDelay.undo(SPEC, before, scene),
      };
    },
    "what is not there": async ({ fis: client }) => {
      const id = "EXT123456789abcde";
      return errorsOf({
        "template to start": () => client.send(new StartExperimentCommand({ experimentTemplateId: id })),
        "template to delete": () => client.send(new DeleteExperimentTemplateCommand({ id })),
        "experiment to read": () => client.send(new GetExperimentCommand({ id })),
        "experiment to stop": () => client.send(new StopExperimentCommand({ id })),
      });
    },
    "one template for one token": async ({ fis: client, ...clients }, { roleArn }) => {
      const { functionArn } = await fisLambdaDelay.snapshot(SPEC, sceneOf({ fis: client, ...clients }, { roleArn }));
      const create = async () => {
        const { experimentTemplate } = await client.send(
          new CreateExperimentTemplateCommand({
            clientToken: MARK,
            description: "a delay",
            roleArn,
            targets: { f: { resourceType: "aws:lambda:function", resourceArns: [functionArn], selectionMode: "ALL" } },
            actions: {
              fault: {
                actionId: "aws:lambda:invocation-add-delay",
                parameters: { duration: "PT1M", invocationPercentage: "10", startupDelayMilliseconds: "1" },
                targets: { Functions: "f" },
              },
            },
            stopConditions: [{ source: "none" }],
            tags: { a: "b" },
          }),
        );
        return {
          ...pick(experimentTemplate, "id", "description", "targets", "actions", "stopConditions", "tags"),
          role: experimentTemplate?.roleArn === roleArn,
        };
      };
      return [await create(), await create()];
    },
  },
});
