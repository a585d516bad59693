import type { Block } from "../../loadgen/blocks.ts";
import { planKey, resultKey } from "../../loadgen/keys.ts";
import { sketchQuantile } from "../../loadgen/sketch.ts";
import { Plan } from "../../workflows/state.ts";
import { Executions } from "../executions.ts";
import { FisExtensions } from "../hosts/fis-extension.ts";
import type { Execution, ExecutionEvent } from "../hosts/state-machine.ts";
import { type Asked, createIdentities } from "../iam/identities.ts";
import { readAlarms } from "../services/alarms.ts";
import { createCloudWatch } from "../services/cloudwatch.ts";
import { createDevOpsGuru } from "../services/devops-guru.ts";
import { createEcs } from "../services/ecs.ts";
import { createFis } from "../services/fis.ts";
import { createLambda } from "../services/lambda.ts";
import { createMemoryTables } from "../services/memory-tables.ts";
import { Metrics } from "../services/metrics.ts";
import type { Call, Interference } from "../services/operation.ts";
import { Buckets, createS3 } from "../services/s3.ts";
import { createSfn } from "../services/sfn.ts";
import { createSns, type Published } from "../services/sns.ts";
import { createSsm } from "../services/ssm.ts";
import { stepCaller } from "../step-caller.ts";
import { withLag } from "./consistency.ts";
import type { Defect } from "./defect.ts";
import { type Ending, type TaskRecord, violationsOf } from "./invariants.ts";
import { CHANGES, type KilledAt, Mishaps } from "./mishaps.ts";
import { Person } from "./people.ts";
import { randomOf } from "./random.ts";
import { drawEdit, type Edit, type Scenario } from "./scenario.ts";
import { type Serving, synthesiseTask } from "./traffic.ts";
import { inVirtualTime, Stuck, type VirtualTime } from "./virtual-time.ts";
import type { World } from "./world.ts";

/** How a simulated game day, and everything around it, came out. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** What happened that could have left something behind, by name. */
  readonly crashPoints: Readonly<Record<string, number>>;
  /** From the end of a game day that left something behind to the moment at which nothing of it was left. */
  readonly restoreSeconds: number | undefined;
  readonly verdict: string | undefined;
  /** The target could not be put back, and waits for a person. */
  readonly quarantined: boolean;
  readonly reasons: readonly string[];
  readonly calls: number;
  /** The call at which it was stopped, if it was stopped at one. */
  readonly killedAt: KilledAt | undefined;
}

export interface PlayOptions {
  readonly defect?: Defect;
  /** Hears of everything that happens, in order. */
  readonly trace?: (line: string) => void;
  /** Hears of the first game day's execution, and how many seconds into the history. */
  readonly onEvent?: (event: ExecutionEvent, seconds: number) => void;
  /** Hears in the end what was asked of IAM, and what it said. */
  readonly onAsked?: (asked: readonly Asked[]) => void;
}

/** A history that has not settled by then never will. */
const LIMIT_MS = 8 * 3_600_000;
/** Everything has to stay quiet for so long. */
const QUIET_SECONDS = 60;
const UPDATE_MS = 1500;
const EXPERIMENT_PACE_MS = 2000;

/** Plays one history from its scenario, in virtual time, and looks at what is left. */
export function play(world: World, scenario: Scenario, options: PlayOptions = {}): Promise<Outcome> {
  return inVirtualTime(scenario.seed, (time) => new History(world, scenario, options, time).run());
}

class History {
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #options: PlayOptions;
  readonly #time: VirtualTime;
  readonly #crashPoints: Record<string, number> = {};
  readonly #violations: string[] = [];
  readonly #executions = new Map<string, Execution>();
  readonly #visits = new Map<string, number>();
  #calls = 0;
  #lastActivity = 0;
  #stopped = false;
  #killedAt: KilledAt | undefined;
  #dirty = false;
  #cleanSince = 0;

  constructor(world: World, scenario: Scenario, options: PlayOptions, time: VirtualTime) {
    this.#world = world;
    this.#scenario = scenario;
    this.#options = options;
    this.#time = time;
  }

  async run(): Promise<Outcome> {
    const { assembly, safetyNet, gameDay } = this.#world;
    const { defect } = this.#options;
    const graph = defect?.graph?.(this.#world.graph) ?? this.#world.graph;
    const scenario = this.#scenario;
    const identities = createIdentities(graph);
    const buckets = new Buckets(graph.ofType("AWS::S3::Bucket").map(({ name }) => name));
    const tables = createMemoryTables(graph.ofType("AWS::DynamoDB::Table"));
    const published: Published[] = [];
    const metrics = new Metrics(Date.now);
    const cloudwatch = createCloudWatch(readAlarms(graph), metrics, (change) =>
      fis.onAlarm(change.alarm.arn, change.to),
    );
    const mishaps = new Mishaps(scenario, {
      hit: (name) => this.#hit(name),
      trace: (line) => this.#trace(line),
      seconds: () => this.#seconds(),
      stopGameDay: (name, at) => this.#stopGameDay(name, at),
      overtake: () => edit({ atSeconds: 0, ...drawEdit(editRandom, 9) }),
    });

    const served: Pick<Serving, "variables" | "record">[] = [];
    let updates = 0;
    /** Whose update is under way: there is one at a time. What goes wrong with a person's own is the person's. */
    let author: "game day" | "person" = "game day";
    const lambda = createLambda({
      resources: graph.ofType("AWS::Lambda::Function"),
      updateMs: UPDATE_MS,
      takeEffect: async (record) => {
        const mishap = author === "game day" ? scenario.updates.get(updates++) : undefined;
        if (mishap) this.#hit(`update-${mishap.kind}`);
        if (mishap?.kind === "slow") await new Promise((done) => setTimeout(done, mishap.seconds * 1000));
        if (mishap?.kind === "fails") throw new Error("the update came to nothing");
        serving.variables = { ...record.variables };
        served.push({ variables: serving.variables, record: { ...record } });
        setTimeout(look, 1);
      },
    });
    const fis = createFis({
      ...{ identities, buckets, functions: lambda.functions, paceMs: EXPERIMENT_PACE_MS },
      alarmState: (alarmArn) => cloudwatch.stateOf(alarmArn),
    });
    const extensions = new FisExtensions({ identities, buckets });
    const target = [...lambda.functions.values()].find(({ tags }) => tags["gameday:target"] === "orders")!;
    const serving: Serving = {
      variables: { ...target.variables },
      record: target,
      injections: () => extensions.injectionsOf(target, serving.variables),
    };
    const person = new Person(target, lambda.service);
    const editRandom = randomOf(scenario.seed, "edits");
    const edit = (what: Edit) =>
      person.edit(what, () => {
        author = "person";
        this.#hit(`edit-${this.#phase()}`);
        this.#trace(`a person sets ${what.key} to ${what.value ?? "nothing"}`);
      });
    if (scenario.reservedBefore !== undefined) target.reservedConcurrency = scenario.reservedBefore;
    const before = target.reservedConcurrency;
    const asBefore = () =>
      same(target.variables, person.expected) &&
      same(serving.variables, person.expected) &&
      target.lastUpdateStatus !== "InProgress" &&
      target.reservedConcurrency === before &&
      fis.left().length === 0;
    const look = () => this.#look(asBefore());

    const tasks: TaskRecord[] = [];
    const [api] = graph.ofType("AWS::ApiGatewayV2::Api");
    const onBlock = ({ count, failed, latency }: Block) => {
      const failures = Object.values(failed).reduce((sum, number) => sum + number, 0);
      const values = { Count: count, Latency: sketchQuantile(latency, 0.5) ?? 0, "5xx": failures / count };
      for (const [name, value] of Object.entries(values)) {
        metrics.add("AWS/ApiGateway", name, { ApiId: api?.name ?? "" }, value);
      }
    };
    const loadRandom = randomOf(scenario.seed, "traffic");
    const ecs = createEcs(graph, (container) => {
      const process = synthesiseTask(container, { buckets, serving, random: loadRandom, onBlock });
      tasks.push({ gameDay: container.variables.GAME_DAY ?? "", process, bornAt: Date.now() });
      return process;
    });

    const guarded: Interference = (call, make) =>
      mishaps.interfere(call, async () => {
        this.#calls++;
        this.#lastActivity = this.#seconds();
        const output = await make();
        if (CHANGES.has(call.operation)) {
          author = "game day";
          this.#checkHolder(call, leaseItems());
          look();
        }
        return output;
      });
    const leaseItems = () => tables.items(leaseTable) as { target: string; holder?: string; quarantine?: string }[];
    const leaseTable = graph.ofType("AWS::DynamoDB::Table").find(({ path }) => path.includes("/Leases/"))!.name;
    const caller = await stepCaller({
      graph,
      functions: lambda.functions,
      identities,
      interfere: withLag(guarded, scenario.staleSeconds),
      alarmPeriodSeconds: undefined,
      steps: defect?.steps?.(this.#world.steps) ?? this.#world.steps,
      ...(defect?.spoil ? { spoil: defect.spoil() } : {}),
      services: {
        apigateway: {},
        cloudwatch: cloudwatch.service,
        devopsguru: createDevOpsGuru({ graph, metrics, now: Date.now }),
        documents: tables.service,
        ecs: ecs.service,
        eventbridge: {},
        fis: fis.service,
        lambda: lambda.service,
        s3: createS3(buckets),
        sfn: createSfn(this.#executions),
        sns: createSns(graph, published).service,
        sqs: {},
        ssm: createSsm(graph.ofType("AWS::SSM::Parameter")),
      },
    });
    const machines = new Executions({
      graph,
      assembly,
      identities,
      executions: this.#executions,
      caller: mishaps.around(caller),
      definitions: this.#definitions(),
      post: mishaps.post,
      onEvent: (name, event) => this.#onEvent(name, event, sweep),
    });
    const sweep = () => machines.start(safetyNet.arn ?? "", "sweep", { sweep: true });

    const starts = [0, ...(scenario.second ? [scenario.second.atSeconds] : [])];
    let toStart = starts.length;
    for (const [index, atSeconds] of starts.entries()) {
      setTimeout(
        () => {
          toStart--;
          this.#trace(`game day ${index} starts`);
          if (index > 0) this.#hit("second game day");
          machines.start(gameDay.arn ?? "", `day-${index}`, { drill: scenario.drill });
        },
        atSeconds * 1000 + 100,
      );
    }
    for (const planned of scenario.edits) edit(planned);
    if (scenario.crash?.kind === "at-time") {
      setTimeout(() => this.#stopGameDay("stopped at a moment"), scenario.crash.atSeconds * 1000);
    }

    const bucket = graph.ofType("AWS::S3::Bucket").find(({ path }) => path.includes("/Results/"))!.name;
    const read = (key: string): unknown =>
      buckets.has(bucket, key) ? JSON.parse(buckets.get(bucket, key).toString()) : undefined;
    const finished = () =>
      leaseItems().every(({ holder, quarantine }) => {
        if (holder === undefined) return true;
        const announced = read(resultKey(holder, "announced.json")) as { reported: boolean } | undefined;
        return quarantine !== undefined && announced?.reported === true;
      });
    const updating = () => target.lastUpdateStatus === "InProgress";
    const atRest = () => {
      const running = [...this.#executions.values()].some(({ status }) => status === "RUNNING");
      if (running || toStart > 0 || person.busy > 0 || mishaps.underWay > 0 || !finished() || updating()) {
        this.#lastActivity = this.#seconds();
        return false;
      }
      return this.#seconds() - this.#lastActivity > QUIET_SECONDS;
    };
    // Between two sweeps nothing may happen at all: somebody has to look whether it is over.
    const heartbeat = setInterval(() => {}, 20_000);
    try {
      await this.#time.run(atRest, LIMIT_MS);
    } catch (error) {
      if (!(error instanceof Stuck)) throw error;
      this.#violations.push(`never settled: ${error.message}; leases: ${JSON.stringify(leaseItems())}`);
    }
    clearInterval(heartbeat);
    machines.stop();
    this.#options.onAsked?.(identities.asked);
    cloudwatch.stop();
    fis.stop();
    look();

    const endings: Ending[] = starts.map((_, index) => {
      const name = `day-${index}`;
      const execution = [...this.#executions.values()].find(
        (one) => one.name === name && one.machineArn === gameDay.arn,
      );
      const plan = Plan.safeParse(read(planKey(name)));
      return {
        name,
        execution,
        plan: plan.success ? plan.data : undefined,
        result: read(resultKey(name, "result.json")) as Ending["result"],
        reported: buckets.has(bucket, resultKey(name, "report.html")),
      };
    });
    const endedAt = endings[0]?.execution?.history.at(-1)?.at;
    const restoreSeconds =
      endedAt !== undefined && endings[0]?.execution?.status !== "SUCCEEDED" && this.#cleanSince > 0
        ? Math.max(0, (this.#cleanSince - endedAt) / 1000)
        : undefined;
    this.#violations.push(
      ...violationsOf({
        scenario,
        endings,
        leases: leaseItems(),
        tasks,
        served,
        published,
        expected: person.expected,
        target,
        serving,
        asBefore: asBefore(),
        concurrencyBefore: before,
        leftInFis: fis.left(),
        experiments: [...fis.experiments.values()].map(({ experiment }) => experiment),
        restoreSeconds: scenario.second ? undefined : restoreSeconds,
        transitions: [...this.#executions.values()].reduce((sum, { history }) => sum + history.length, 0),
        safetyNets: [...this.#executions.values()].filter(({ machineArn }) => machineArn === safetyNet.arn).length,
      }),
    );
    return {
      seed: scenario.seed,
      violations: this.#violations,
      crashPoints: this.#crashPoints,
      restoreSeconds: this.#stopped ? restoreSeconds : undefined,
      verdict: endings[0]?.result?.verdict,
      quarantined: leaseItems().some(({ quarantine }) => quarantine !== undefined),
      reasons: endings[0]?.result?.reasons ?? [],
      calls: this.#calls,
      killedAt: this.#killedAt,
    };
  }

  #definitions() {
    const { definitions, gameDay } = this.#world;
    const spoiled = this.#options.defect?.definitions?.(definitions) ?? definitions;
    const { crash } = this.#scenario;
    if (crash?.kind !== "time-out") return spoiled;
    const definition = { ...spoiled.get(gameDay.arn ?? "")!, TimeoutSeconds: crash.seconds };
    return new Map([...spoiled, [gameDay.arn ?? "", definition]]);
  }

  #onEvent(name: string, event: ExecutionEvent, sweep: () => void): void {
    const { type, state } = event;
    this.#lastActivity = this.#seconds();
    if (this.#options.trace)
      this.#trace([name, type, state, /Exited$/.test(type) ? "" : undefined].filter(Boolean).join(" "));
    if (!name.startsWith("day-")) {
      if (type === "ExecutionStarted" && this.#scenario.safetyNetStopped !== undefined) this.#stopSafetyNet(name);
      return;
    }
    if (name === "day-0") this.#options.onEvent?.(event, this.#seconds());
    if (type === "ExecutionTimeout" || type === "ExecutionTimedOut") {
      this.#hit("timed out");
      this.#stopped ||= name === "day-0";
    }
    const { crash, sweepAtRollBack } = this.#scenario;
    if (sweepAtRollBack && type === "TaskStateEntered" && state === "RollBack" && !this.#visits.has("sweep")) {
      this.#visits.set("sweep", 1);
      this.#hit("sweep during a roll-back");
      setTimeout(sweep, 1);
    }
    if (crash?.kind !== "in-state" || crash.state !== state || !type.endsWith("StateEntered")) return;
    const visit = (this.#visits.get(state) ?? 0) + 1;
    this.#visits.set(state, visit);
    if (visit !== crash.visit) return;
    setTimeout(() => this.#stopGameDay(`stopped in ${state}`), crash.afterSeconds * 1000);
  }

  #stopGameDay(name: string, at?: KilledAt): void {
    const running = [...this.#executions.values()].find((one) => one.name === "day-0" && one.status === "RUNNING");
    if (!running) return;
    this.#hit(name);
    this.#trace(name);
    this.#stopped = true;
    this.#killedAt = at;
    running.stop();
  }

  #stopSafetyNet(name: string): void {
    if (this.#visits.has("safety-net")) return;
    this.#visits.set("safety-net", 1);
    setTimeout(
      () => {
        const net = [...this.#executions.values()].find((one) => one.name === name && one.status === "RUNNING");
        if (!net) return;
        this.#hit("safety-net-stopped");
        this.#trace("the safety net is stopped");
        net.stop();
      },
      (this.#scenario.safetyNetStopped ?? 0) * 1000,
    );
  }

  /** Whoever changes something has to hold the target; only its own load a game day may stop whenever it likes. */
  #checkHolder(call: Call, leases: readonly { target: string; holder?: string }[]): void {
    if (call.operation === "StopTask") return;
    const plan = (call.invocation.input as { plan?: { id: string; target: { name: string } } }).plan;
    const holder = leases.find(({ target }) => target === plan?.target.name)?.holder;
    if (plan && holder !== plan.id) {
      this.#violations.push(
        `${call.invocation.state} of ${plan.id} made ${call.operation} while ${holder ?? "nobody"} held the target`,
      );
    }
  }

  #look(asBefore: boolean): void {
    if (this.#dirty && asBefore) this.#cleanSince = Date.now();
    this.#dirty = !asBefore;
  }

  #phase(): string {
    const execution = [...this.#executions.values()].find(({ name }) => name === "day-0");
    if (execution?.status !== "RUNNING") return "after";
    const entered = (state: string) => execution.history.some((event) => event.state === state);
    return entered("RollBack") ? "after" : entered("InjectFault") ? "during" : "before";
  }

  #hit(name: string): void {
    this.#crashPoints[name] = (this.#crashPoints[name] ?? 0) + 1;
  }

  #seconds = () => this.#time.elapsed() / 1000;

  #trace(line: string): void {
    this.#options.trace?.(`${this.#seconds().toFixed(3).padStart(10)} ${line}`);
  }
}

const same = (left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean => {
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
};
