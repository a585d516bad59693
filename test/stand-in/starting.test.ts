import { beforeAll, describe, expect, test } from "vitest";
import { inVirtualTime, type VirtualTime } from "../../simulation/virtual-time.ts";
import type { Event } from "../../stand-in/aws/eventbridge/patterns.ts";
import { type Call, ServiceError } from "../../stand-in/aws/operation.ts";
import { Executions } from "../../stand-in/aws/step-functions/executions.ts";
import type { Execution } from "../../stand-in/aws/step-functions/state-machine.ts";
import { startRegion } from "../../stand-in/hosted-region.ts";
import { createIdentities } from "../../stand-in/iam/identities.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import type { Assembly, Template } from "../../stand-in/templates/cfn/assembly.ts";
import { edited, ordersOnly, resourceAt } from "./templates.ts";

/** Game days as this project's own templates start them by themselves; they are disabled in what is shipped. */

const SCHEDULE = ["GameDay/Starts/Each/Weekly", "AWS::Scheduler::Schedule"] as const;
const RULE = ["GameDay/Starts/Each/AfterDeployment", "AWS::Events::Rule"] as const;
type Change = (template: Template) => void;
const enabled: Change = (template) => {
  for (const [path, type] of [SCHEDULE, RULE]) resourceAt(template, path, type).Properties.State = "ENABLED";
};
const shipped = ordersOnly();
const withStarts = (change: Change = () => {}): Assembly =>
  edited(shipped, "GameDay", (template) => {
    enabled(template);
    change(template);
  });

/** What CloudFormation tells the default bus. */
const deployed = (changes: { id?: string; stack?: string; status?: string; time?: string } = {}): Event => ({
  id: changes.id ?? "7f4c1a52-95a5-4be1-8d6c-fcd1a1a0d0f5",
  source: "aws.cloudformation",
  "detail-type": "CloudFormation Stack Status Change",
  time: changes.time ?? "2026-11-21T09:00:00Z",
  detail: {
    "stack-id": `arn:aws:cloudformation:rehearsal-1:000000000000:stack/${changes.stack ?? "Orders"}/1`,
    "status-details": { status: changes.status ?? "UPDATE_COMPLETE" },
  },
});

interface World {
  readonly machines: Executions;
  readonly time: VirtualTime;
  readonly gameDays: () => { name: string; input: unknown }[];
  readonly notes: string[];
  pass(hours: number): Promise<void>;
}

interface Conditions {
  change?: Change;
  /** How long each game day takes before it is refused. */
  hours?: number;
  fails?: (call: Call) => Error | undefined;
}

/** The machines, rules, schedules and roles of the templates in virtual time. The steps end every game day at once. */
function inWorld<T>({ change, hours = 0, fails }: Conditions, history: (world: World) => Promise<T>): Promise<T> {
  const broken = withStarts(change);
  const graph = readGraph(broken, "starts");
  return inVirtualTime(1, async (time) => {
    const executions = new Map<string, Execution>();
    const notes: string[] = [];
    const inputs = new Map<string, unknown>();
    const machines = new Executions({
      graph,
      assembly: broken,
      identities: createIdentities(graph),
      executions,
      startsItself: true,
      caller: {
        async call(_functionArn, payload, state) {
          const { input, execution } = JSON.parse(payload) as { input?: unknown; execution?: { name: string } };
          if (state !== "Plan") return JSON.stringify({ found: [], again: false, waitSeconds: 1 });
          inputs.set(execution!.name, input);
          await new Promise((done) => setTimeout(done, hours * 3_600_000));
          throw new Error("that is all");
        },
      },
      interfere: async (call, make) => {
        const error = fails?.(call);
        if (error) throw error;
        return make();
      },
      onNote: (sentence) => void notes.push(sentence),
      onEvent: () => {},
    });
    const minutes = setInterval(() => {}, 60_000);
    const world: World = {
      machines,
      time,
      notes,
      gameDays: () => [...inputs].map(([name, input]) => ({ name, input })),
      pass(more) {
        const until = time.elapsed() + more * 3_600_000;
        return time.run(() => time.elapsed() > until, 1e12);
      },
    };
    try {
      return await history(world);
    } finally {
      clearInterval(minutes);
      machines.stop();
    }
  });
}

/** Every history begins on Saturday, 21 November 2026, 09:00 UTC; the schedule's next time is Tuesday, 10:00 in Berlin. */
const UNTIL_TUESDAY = 3 * 24 + 1;
const weekly = { name: "weekly-20261124T090000Z", input: { drill: "gray-latency", profile: "full" } };
const afterwards = {
  name: "after-deployment-7f4c1a52-95a5-4be1-8d6c-fcd1a1a0d0f5",
  input: { drill: "error-burst", profile: "full" },
};

describe("the schedule", () => {
  test("starts one game day a week, at its time in its zone, with its drill", () =>
    inWorld({}, async ({ pass, gameDays, machines }) => {
      await pass(UNTIL_TUESDAY - 2);
      expect(gameDays()).toEqual([]);
      await pass(2);
      expect(gameDays()).toEqual([weekly]);
      await pass(7 * 24);
      expect(gameDays().map(({ name }) => name)).toEqual([weekly.name, "weekly-20261201T090000Z"]);
      expect(machines.bus.undelivered).toEqual([]);
    }));

  test("starts none on a blackout date, says so, and troubles nobody", () =>
    inWorld({}, async ({ pass, gameDays, notes, machines }) => {
      await pass(7 * 7 * 24);
      const dates = gameDays().map(({ name }) => name.slice("weekly-".length, -"T090000Z".length));
      expect(dates).toEqual(["20261124", "20261201", "20261208", "20261215", "20270105"]);
      expect(notes).toEqual(
        ["20261222", "20261229"].map(
          (date) =>
            `No game day weekly-${date}T090000Z: 2026-12-21/2027-01-03 (Europe/Berlin) is a blackout of "weekly".`,
        ),
      );
      expect(machines.bus.undelivered).toEqual([]);
    }));

  test("that comes twice starts one, while it runs and when it is over", async () => {
    for (const hours of [0, 5]) {
      await inWorld({ hours }, async ({ pass, gameDays, machines }) => {
        await pass(UNTIL_TUESDAY);
        const { properties, arn = "" } = readGraph(withStarts(), "starts").ofType(SCHEDULE[1]).find(isOf(SCHEDULE))!;
        const { Arn: targetArn, RoleArn: roleArn, Input } = properties.Target as Record<string, string>;
        const input: unknown = JSON.parse(Input!.replace("<aws.scheduler.scheduled-time>", "2026-11-24T09:00:00Z"));
        machines.bus.send({ rule: "again", ruleArn: arn, targetArn: targetArn!, roleArn, input });
        await pass(1);
        expect(gameDays()).toEqual([weekly]);
        expect(machines.bus.undelivered).toEqual([]);
      });
    }
  });
});

const isOf =
  ([path]: readonly [string, string]) =>
  (resource: { path: string }) =>
    resource.path.startsWith(path);

describe("the rule", () => {
  test.each([
    ["while it runs", 5],
    ["when it is over", 0],
  ])("starts one game day for a deployment, whose event comes again %s", (_when, hours) =>
    inWorld({ hours }, async ({ pass, gameDays, machines }) => {
      machines.bus.put(deployed());
      machines.bus.put(deployed());
      await pass(1);
      machines.bus.put(deployed());
      await pass(1);
      expect(gameDays()).toEqual([afterwards]);
      expect(machines.bus.undelivered).toEqual([]);
    }),
  );

  test("starts another one for another deployment, and none for what is not its stack's or did not go well", () =>
    inWorld({}, async ({ pass, gameDays, machines }) => {
      machines.bus.put(deployed({ stack: "OrdersOfSomebodyElse" }));
      machines.bus.put(deployed({ status: "UPDATE_IN_PROGRESS" }));
      machines.bus.put(deployed({ status: "UPDATE_ROLLBACK_COMPLETE" }));
      await pass(1);
      expect(gameDays()).toEqual([]);
      machines.bus.put(deployed({ id: "first" }));
      machines.bus.put(deployed({ id: "second", status: "CREATE_COMPLETE" }));
      await pass(1);
      expect(gameDays().map(({ name }) => name)).toEqual(["after-deployment-first", "after-deployment-second"]);
    }));

  test("starts none on a blackout date", () =>
    inWorld({}, async ({ pass, gameDays, notes, machines }) => {
      machines.bus.put(deployed({ time: "2026-12-24T10:00:00Z" }));
      await pass(1);
      expect(gameDays()).toEqual([]);
      expect(notes).toHaveLength(1);
    }));
});

describe("what goes wrong on the way", () => {
  test("is tried again as the template says", () => {
    let calls = 0;
    const fails = () => (++calls < 3 ? new ServiceError("ThrottlingException", "Rate exceeded") : undefined);
    return inWorld({ fails }, async ({ pass, gameDays, machines }) => {
      machines.bus.put(deployed());
      await pass(0.02);
      expect({ calls, gameDays: gameDays() }).toEqual({ calls: 2, gameDays: [] });
      await pass(1);
      expect(gameDays()).toEqual([afterwards]);
      expect(machines.bus.undelivered).toEqual([]);
    });
  });

  test("starts one game day when only its answer got lost", () =>
    inWorld({ hours: 5 }, async ({ pass, gameDays, machines }) => {
      const gameDay = readGraph(shipped, "starts")
        .ofType("AWS::StepFunctions::StateMachine")
        .find(({ path }) => path.startsWith("GameDay/GameDay/"))!;
      machines.start(gameDay.arn ?? "", afterwards.name, afterwards.input);
      machines.bus.put(deployed());
      await pass(1);
      expect(gameDays()).toEqual([afterwards]);
    }));

  test("is kept with its reason when it does not help", () => {
    const fails = () => new ServiceError("ThrottlingException", "Rate exceeded");
    return inWorld({ fails }, async ({ pass, machines }) => {
      machines.bus.put(deployed());
      await pass(1);
      expect(machines.bus.undelivered).toEqual([
        {
          rule: "GameDay/Starts/Each/AfterDeployment/Resource",
          reason: expect.stringMatching(/StartGameDay\/Function\/Resource failed 3 times: .*Rate exceeded/),
        },
      ]);
    });
  });

  const without = (what: "Permission" | "Policy"): Change =>
    what === "Permission"
      ? (template) => {
          resourceAt(template, RULE[0], "AWS::Lambda::Permission").Properties.SourceArn =
            "arn:aws:events:x:0:rule/other";
        }
      : (template) => {
          const role = "GameDay/Starts/Scheduler";
          resourceAt(template, role, "AWS::IAM::Policy").Properties.PolicyDocument.Statement.shift();
        };

  test("a rule that may not call the function", () =>
    inWorld({ change: without("Permission") }, async ({ pass, machines, gameDays }) => {
      machines.bus.put(deployed());
      await pass(1);
      expect(gameDays()).toEqual([]);
      expect(machines.bus.undelivered).toMatchObject([
        {
          reason: expect.stringMatching(/^events\.amazonaws\.com is not authorized to perform: lambda:InvokeFunction/),
        },
      ]);
    }));

  test("a schedule whose role may not call it", () =>
    inWorld({ change: without("Policy") }, async ({ pass, machines, gameDays }) => {
      await pass(UNTIL_TUESDAY);
      expect(gameDays()).toEqual([]);
      expect(machines.bus.undelivered).toMatchObject([
        { reason: expect.stringMatching(/StartsScheduler\S+ is not authorized to perform: lambda:InvokeFunction/) },
      ]);
    }));

  test("a function that may not start the state machine", () =>
    inWorld(
      {
        change: (template) => {
          const { Properties } = resourceAt(template, "GameDay/Starts/StartGameDay/Role", "AWS::IAM::Policy");
          const { Statement } = Properties.PolicyDocument;
          Properties.PolicyDocument.Statement = Statement.filter(
            ({ Action }: { Action: unknown }) => Action !== "states:StartExecution",
          );
        },
      },
      async ({ pass, machines, gameDays }) => {
        machines.bus.put(deployed());
        await pass(1);
        expect(gameDays()).toEqual([]);
        expect(machines.bus.undelivered).toMatchObject([
          { reason: expect.stringMatching(/StartGameDayRole\S+ is not authorized to perform: states:StartExecution/) },
        ]);
      },
    ));
});

test("a rehearsal is one game day: what is enabled starts none in it, and says that it would", async () => {
  const lines: string[] = [];
  const region = await startRegion({
    assembly: withStarts(),
    k6Path: "/nowhere/k6",
    onOutput: (_source, line) => void lines.push(line),
  });
  region.put(deployed());
  await region.quiet();
  expect(region.executions.size).toBe(0);
  expect(lines).toContain("GameDay/Starts/Each/AfterDeployment/Resource would start a game day now; here it does not.");
  await region.stop();
});

describe("a start with the drill that nobody has", () => {
  let ended: Awaited<Execution["ended"]>;
  let troubled: { published: number; undelivered: number; safetyNets: string[] };

  beforeAll(async () => {
    const wrong = withStarts((template) => {
      const [target] = resourceAt(template, ...RULE).Properties.Targets;
      const { InputTransformer } = target;
      InputTransformer.InputTemplate = InputTransformer.InputTemplate.replace("error-burst", "no-such-drill");
    });
    const region = await startRegion({ assembly: wrong, k6Path: "/nowhere/k6", startsItself: true });
    try {
      region.put(deployed());
      await region.quiet();
      const [gameDay, ...nets] = [...region.executions.values()];
      ended = await gameDay!.ended;
      troubled = {
        published: region.aws.published.length,
        undelivered: region.undelivered.length,
        safetyNets: await Promise.all(nets.map(async (net) => (await net.ended).status)),
      };
    } finally {
      await region.stop();
    }
  });

  test("ends in a sentence that says so", () => {
    expect(ended).toMatchObject({
      status: "FAILED",
      error: "Refused",
      cause: expect.stringMatching(/^Expected the name of a drill: .*\bcontrol, .*; found "no-such-drill"\./),
    });
  });

  test("troubles nobody: the safety net finds nothing to do", () => {
    expect(troubled).toEqual({ published: 0, undelivered: 0, safetyNets: ["SUCCEEDED"] });
  });
});
