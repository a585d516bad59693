import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Entry, entryId } from "../../functions/journal/entry.ts";
import type { Runtime } from "../../functions/runtime/step.ts";
import type { Defect } from "../../simulation/defect.ts";
import type { Steps } from "../../stand-in/gameday/steps.ts";
import type { Graph, Resource } from "../../stand-in/templates/cfn/graph.ts";
import { namesOf } from "../../workflows/function-name.ts";
import type { Plan } from "../../workflows/state.ts";
import { RESOURCE_DEFECTS } from "./resource-defects.ts";
import { type AnyCommand, around, type Send, UNDOING, withClients } from "./spoiled-clients.ts";

/** What could be wrong with gameday, each as it would look from outside, to be switched on one at a time. */

const onLambda = (name: string, change: (command: AnyCommand, send: Send) => unknown): Defect => ({
  name,
  spoil: () => (runtime) => withClients(runtime, { lambda: around(runtime.clients.lambda, change) }),
});

const inState = (name: string, states: readonly string[], change: (runtime: Runtime) => Partial<Runtime>): Defect => ({
  name,
  spoil:
    () =>
    (runtime, { state }) =>
      states.includes(state) ? { ...runtime, ...change(runtime) } : runtime,
});

const withStep = (name: string, step: string, call: (event: never, runtime: Runtime) => Promise<unknown>): Defect => ({
  name,
  steps: (steps: Steps) => new Map([...steps, [step, { ...steps.get(step)!, call: call as never }]]),
});

/** A step that says that it is done, and does nothing. */
const leftOut = (name: string, step: string): Defect =>
  withStep(name, step, async () => ({ done: true, waitSeconds: 1, saw: "", since: new Date().toISOString() }));

const ruleMatches = (name: string, statuses: readonly string[]): Defect => ({
  name,
  graph(graph: Graph): Graph {
    const changed = (resource: Resource): Resource => {
      const pattern = resource.properties.EventPattern as { detail?: { status?: readonly string[] } } | undefined;
      if (resource.type !== "AWS::Events::Rule" || !pattern?.detail?.status) return resource;
      const detail = { ...pattern.detail, status: statuses };
      return { ...resource, properties: { ...resource.properties, EventPattern: { ...pattern, detail } } };
    };
    return { ...graph, ofType: (type) => graph.ofType(type).map(changed) };
  },
});

/** The environment as InjectFault and Deploy found it, written back whole. */
const wholeEnvironment: Defect = {
  name: "an undo that writes the whole old environment",
  spoil: () => {
    const found = new Map<string, unknown>();
    return (runtime, { state }) =>
      withClients(runtime, {
        lambda: around(runtime.clients.lambda, async (command, send) => {
          const key = String(command.input.FunctionName);
          if (command.constructor.name === "UpdateFunctionConfigurationCommand" && UNDOING.includes(state)) {
            command.input.Environment = { Variables: found.get(key) };
          }
          const output = (await send(command)) as { Environment?: { Variables: unknown } };
          const first = command.constructor.name === "GetFunctionConfigurationCommand" && !found.has(key);
          if (first && ["Deploy", "InjectFault"].includes(state)) found.set(key, output.Environment?.Variables);
          return output;
        }),
      });
  },
};

/** What stands there now is taken for what stood before, whenever the change is attempted. */
const snapshotAgain: Defect = {
  name: "a snapshot that is taken again on retry",
  spoil:
    () =>
    (runtime, { state, input }) => {
      if (state !== "InjectFault") return runtime;
      const { plan } = input as { plan: Plan };
      const { journal, clients, configuration } = runtime;
      return {
        ...runtime,
        journal: {
          ...journal,
          begin: async (gameDay, change, snapshot) => {
            const entry = await journal.find(gameDay, change);
            if (!entry) return journal.begin(gameDay, change, snapshot);
            if (change.kind !== "fault" || change.fault.spec.kind !== "lambda-env") return entry;
            const { set, ...spec } = change.fault.spec;
            const before: Record<string, object> = {};
            for (const name of namesOf(spec)) {
              const FunctionName = plan.target.functions[name];
              const { Environment } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
              const variables = Object.keys(set).map((key) => [key, Environment?.Variables?.[key] ?? null]);
              before[name] = { variables: Object.fromEntries(variables) };
            }
            const again = { ...entry, before } as Entry;
            await clients.documents.send(new PutCommand({ TableName: configuration.journalTable, Item: again }));
            return again;
          },
        },
      };
    },
};

export const DEFECTS: readonly Defect[] = [
  inState("no journal before the change", ["InjectFault", "Deploy"], ({ journal }) => ({
    journal: {
      ...journal,
      begin: async (gameDay, change, snapshot) =>
        Entry.parse({
          gameDay,
          id: entryId(change),
          change,
          before: await snapshot(),
          state: "intended",
          intendedAt: new Date().toISOString(),
        }),
      made: async () => {},
      applied: async (entry) => {
        const written = await journal.begin(entry.gameDay, entry.change, async () => entry.before);
        await journal.applied(written);
      },
    },
  })),
  snapshotAgain,
  wholeEnvironment,
  ruleMatches("a safety net that ignores TIMED_OUT", ["ABORTED", "FAILED"]),
  ruleMatches("a rule that matches only FAILED", ["FAILED"]),
  {
    name: "no wait for stragglers",
    steps: (steps) => {
      const rollBack = steps.get("RollBack")!;
      const call = (event: unknown, runtime: Runtime) => {
        const state = event as { plan: Plan };
        return rollBack.call({ ...state, plan: { ...state.plan, stragglerSeconds: 0 } }, runtime);
      };
      return new Map([...steps, ["RollBack", { ...rollBack, call }]]);
    },
  },
  {
    name: "a lease that nobody checks",
    spoil: () => (runtime) => ({
      ...runtime,
      leases: {
        ...runtime.leases,
        mayChange: async () => {},
        mayUndo: async () => {},
        acquire: async (target, holder, until) => {
          try {
            return await runtime.leases.acquire(target, holder, until);
          } catch (error) {
            if ((error as Error).name !== "TargetNotFree") throw error;
            return { target, holder: holder.id, executionArn: holder.executionArn, expiresAt: 0, cleanUps: 0 };
          }
        },
      },
    }),
  },
  {
    name: "absent restored as empty",
    spoil:
      () =>
      (runtime, { state }) =>
        withClients(runtime, {
          lambda: around(runtime.clients.lambda, (command, send) => {
            const environment = command.input.Environment as { Variables: Record<string, string> } | undefined;
            if (environment && UNDOING.includes(state)) environment.Variables.INJECT_LATENCY ??= "";
            return send(command);
          }),
        }),
  },
  onLambda("reserved concurrency “none” restored as a number", (command, send) =>
    command.constructor.name === "DeleteFunctionConcurrencyCommand"
      ? send(
          Object.assign(Object.create({ constructor: { name: "PutFunctionConcurrencyCommand" } }), {
            input: { ...command.input, ReservedConcurrentExecutions: 5 },
          }) as AnyCommand,
        )
      : send(command),
  ),
  leftOut("StopTask left out on every path", "StopLoad"),
  {
    name: "experiments that are looked for under another tag",
    spoil:
      () =>
      (runtime, { state }) =>
        ["ProveFault", "WatchFault"].includes(state)
          ? runtime
          : withClients(runtime, {
              fis: around(runtime.clients.fis, (command, send) =>
                command.constructor.name.startsWith("List") ? {} : send(command),
              ),
            }),
  },
  {
    name: "a report that says passed without evidence",
    spoil:
      () =>
      (runtime, { state }) =>
        state !== "Judge"
          ? runtime
          : {
              ...runtime,
              results: {
                ...runtime.results,
                putJson: (key, value) =>
                  runtime.results.putJson(
                    key,
                    key.endsWith("/result.json") ? { ...(value as object), verdict: "passed" } : value,
                  ),
              },
            },
  },
  onLambda("an update without the revision that was read", (command, send) => {
    delete command.input.RevisionId;
    return send(command);
  }),
  withStep("a clean-up that gives the target back unseen", "VerifyRestored", async () => ({
    done: true,
    waitSeconds: 1,
    ok: true,
    saw: "",
    since: new Date().toISOString(),
  })),
  withStep("an announcement that nobody gets", "Announce", async () => ({ headline: "passed", reported: true })),
  {
    name: "no sweep",
    graph: (graph) => ({ ...graph, ofType: (type) => (type === "AWS::Scheduler::Schedule" ? [] : graph.ofType(type)) }),
  },
  leftOut("a roll-back that is left out", "RollBack"),
  ...RESOURCE_DEFECTS,
];
