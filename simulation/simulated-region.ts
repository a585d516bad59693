import type { Block } from "../loadgen/blocks.ts";
import { sketchQuantile } from "../loadgen/sketch.ts";
import { ephemeralNames, hasAsset } from "../stand-in/aws/cloudformation/ephemeral-stacks.ts";
import { type CloudFormation, createCloudFormation, type Fate } from "../stand-in/aws/cloudformation/operations.ts";
import { tellOfAlarm } from "../stand-in/aws/cloudwatch/alarm-actions.ts";
import { readAlarms } from "../stand-in/aws/cloudwatch/alarms.ts";
import { Metrics } from "../stand-in/aws/cloudwatch/metrics.ts";
import { type AlarmChange, createCloudWatch } from "../stand-in/aws/cloudwatch/operations.ts";
import { createDevOpsGuru } from "../stand-in/aws/devops-guru/operations.ts";
import { createMemoryTables } from "../stand-in/aws/dynamodb/memory-tables.ts";
import { createEcs } from "../stand-in/aws/ecs/operations.ts";
import { FisExtensions } from "../stand-in/aws/fis/extension.ts";
import { createFis, type Fis } from "../stand-in/aws/fis/operations.ts";
import type { Call } from "../stand-in/aws/operation.ts";
import { Buckets, createS3 } from "../stand-in/aws/s3/operations.ts";
import { createSns, type Published } from "../stand-in/aws/sns/operations.ts";
import { type Definitions, Executions } from "../stand-in/aws/step-functions/executions.ts";
import { createSfn } from "../stand-in/aws/step-functions/operations.ts";
import type { Execution, ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";
import { stepCaller } from "../stand-in/gameday/step-caller.ts";
import type { Steps } from "../stand-in/gameday/steps.ts";
import { type Asked, createIdentities } from "../stand-in/iam/identities.ts";
import type { Graph, IsThere } from "../stand-in/templates/cfn/graph.ts";
import { withLag } from "./consistency.ts";
import type { Defect } from "./defect.ts";
import type { Mishaps } from "./failures.ts";
import type { TaskRecord } from "./invariants.ts";
import type { Person } from "./operators.ts";
import { randomOf } from "./random.ts";
import type { Scenario, StackMishaps } from "./scenario.ts";
import { simulatedTarget, UPDATE_MS } from "./simulated-target.ts";
import type { TargetState } from "./target-state.ts";
import { synthesiseTask } from "./traffic.ts";
import { UnseenEdits } from "./unseen-edits.ts";
import type { TargetWorld } from "./world.ts";

interface Options {
  readonly world: TargetWorld;
  readonly steps: Steps;
  readonly definitions: Definitions;
  readonly scenario: Scenario;
  readonly mishaps: Mishaps;
  readonly defect: Defect | undefined;
  /** Something that can leave something behind happens now. */
  hit(name: string): void;
  /** A step has made this call, and it is done. */
  onCall(call: Call): void;
  /** The target is not as it was a moment ago. */
  onChange(): void;
  onEvent(execution: string, event: ExecutionEvent): void;
}

export interface Lease {
  readonly target: string;
  readonly holder?: string;
  readonly quarantine?: string;
}

/** The templates brought to life in virtual time, without a server, a process or a file. */
export interface SimulatedRegion {
  readonly state: TargetState;
  readonly person: Person;
  readonly fis: Pick<Fis, "experiments" | "left">;
  readonly stacks: Pick<CloudFormation, "left">;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly tasks: readonly TaskRecord[];
  /** What gameday itself has told people. */
  announced(): Published[];
  readonly asked: readonly Asked[];
  leases(): Lease[];
  has(key: string): boolean;
  /** An object among the results; undefined when it is not there. */
  read(key: string): unknown;
  start(machineArn: string, name: string, input: object): void;
  stop(): void;
}

/** Beside functions' own updates. */
const TAKES_A_WHILE: ReadonlySet<string> = new Set(["UpdateEventSourceMapping", "UpdateTable"]);
const EXPERIMENT_PACE_MS = 2000;
const STACK_PACE_MS = 20_000;
const SNS = "sns.amazonaws.com";

export async function simulatedRegion(options: Options): Promise<SimulatedRegion> {
  const { world, scenario, mishaps, defect } = options;
  const { assembly, target } = world;
  const graph = defect?.graph?.(world.graph) ?? world.graph;
  const identities = createIdentities(graph);
  const buckets = new Buckets(graph.ofType("AWS::S3::Bucket").map(({ name }) => name));
  const tables = createMemoryTables(graph.ofType("AWS::DynamoDB::Table"));
  const metrics = new Metrics(Date.now);
  const stacks = createCloudFormation({
    ephemeral: ephemeralNames(graph),
    hasTemplate: (url) => hasAsset(assembly, url),
    fateOf: stackFates(scenario.stacks, options.hit),
    onChange({ status }) {
      if (status === "CREATE_COMPLETE") simulated.redeploy();
      setTimeout(options.onChange, 1);
    },
  });
  const isThere: IsThere = ({ stack }) => stacks.stands(stack);
  const simulated = simulatedTarget({ ...options, graph, identities, metrics, target, isThere });
  const { blocks, functions, state, person } = simulated;
  const published: Published[] = [];
  const sns = createSns(graph, published, (queueArn, topicArn, body) => {
    const queue = blocks.queues.records.get(queueArn);
    if (queue) blocks.queues.sendByService(queue, SNS, topicArn, body);
  });
  const inbox = blocks.queues.byUrl(target.inbox ?? "");
  const onAlarm = (change: AlarmChange) => {
    fis.onAlarm(change.alarm.arn, change.to);
    // As if a rule put the alarms' events into the inbox, which teams' own stacks may ask for.
    tellOfAlarm(change, { sns, put: (event) => inbox && blocks.queues.send(inbox, JSON.stringify(event)) });
  };
  const alarmIsThere = (alarm: { readonly arn: string }) => isThere(graph.byArn(alarm.arn)!);
  const cloudwatch = createCloudWatch(readAlarms(graph), metrics, onAlarm, alarmIsThere);
  const fis = createFis({
    ...{ identities, buckets, functions, paceMs: EXPERIMENT_PACE_MS },
    alarmState: (alarmArn) => cloudwatch.stateOf(alarmArn),
  });
  cloudwatch.open();

  const extensions = new FisExtensions({ identities, buckets, metrics });
  const serving = simulated.serving((record, variables) => {
    const injections = extensions.injectionsOf(record, variables);
    if (injections.length > 0) extensions.report(record, variables);
    return injections;
  });
  const tasks: TaskRecord[] = [];
  const loadRandom = randomOf(scenario.seed, "traffic");
  const onBlock = measureBlock(graph, metrics);
  const ecs = createEcs(graph, (container) => {
    const process = synthesiseTask(container, { buckets, serving, random: loadRandom, onBlock });
    tasks.push({ gameDay: container.variables.GAME_DAY ?? "", process, bornAt: Date.now() });
    return process;
  });

  const executions = new Map<string, Execution>();
  const unseen = new UnseenEdits(person);
  const interfere = withLag(
    (call, make) =>
      mishaps.interfere(call, async () => {
        const output = await make();
        unseen.note(call);
        options.onCall(call);
        if (TAKES_A_WHILE.has(call.operation)) setTimeout(options.onChange, UPDATE_MS + 1);
        return output;
      }),
    scenario.staleSeconds,
  );
  const caller = await stepCaller({
    ...{ graph, identities, interfere, functions },
    alarmPeriodSeconds: undefined,
    steps: defect?.steps?.(options.steps) ?? options.steps,
    ...(defect?.spoil ? { spoil: defect.spoil() } : {}),
    services: {
      ...blocks.services,
      cloudformation: stacks.service,
      cloudwatch: cloudwatch.service,
      devopsguru: createDevOpsGuru({ graph, metrics, now: Date.now }),
      documents: { ...tables.service, ...simulated.tables },
      ecs: ecs.service,
      fis: fis.service,
      lambda: simulated.lambda,
      s3: createS3(buckets),
      sfn: createSfn(executions),
      sns: sns.service,
    },
  });
  const machines = new Executions({
    ...{ graph, assembly, identities, executions, rules: blocks.rules },
    caller: mishaps.around(caller),
    definitions: options.definitions,
    post: mishaps.post,
    onEvent: options.onEvent,
  });
  const named = (type: string, part: string) => graph.ofType(type).find(({ path }) => path.includes(`/${part}/`))!;
  const results = named("AWS::S3::Bucket", "Results").name;
  const leaseTable = named("AWS::DynamoDB::Table", "Leases").name;
  const ownTopics = graph.ofType("AWS::SNS::Topic").filter(({ stack }) => stack === world.gameDay.stack);

  return {
    ...{ state, person, fis, stacks, executions, tasks, asked: identities.asked },
    announced: () => published.filter(({ topicArn }) => ownTopics.some(({ ref }) => ref === topicArn)),
    leases: () => tables.items(leaseTable) as unknown as Lease[],
    has: (key) => buckets.has(results, key),
    read: (key) => (buckets.has(results, key) ? JSON.parse(buckets.get(results, key).toString()) : undefined),
    start: (machineArn, name, input) => void machines.start(machineArn, name, input),
    stop() {
      machines.stop();
      cloudwatch.stop();
      fis.stop();
      stacks.stop();
    },
  };
}

/** What becomes of creations and deletions, as the scenario says. */
function stackFates({ upSeconds, failsToComeUp, refusals = 0 }: StackMishaps, hit: (name: string) => void) {
  const fails = { logicalId: "Orders", type: "AWS::DynamoDB::Table", reason: "it is said to fail" };
  const done = { CREATE: 0, DELETE: 0 };
  return (what: "CREATE" | "DELETE"): Fate => {
    const first = done[what]++ === 0;
    if (what === "DELETE") {
      if (done.DELETE > refusals) return { afterMs: STACK_PACE_MS };
      hit("stack-refuses");
      return { afterMs: STACK_PACE_MS, fails };
    }
    if (upSeconds !== undefined) hit("stack-slow");
    const afterMs = upSeconds === undefined ? STACK_PACE_MS : upSeconds * 1000;
    if (!failsToComeUp || !first) return { afterMs };
    hit("stack-fails");
    return { afterMs, fails };
  };
}

/** Publishes what the API would. One point for each five seconds: alarms add them up. */
function measureBlock(graph: Graph, metrics: Metrics): (block: Block) => void {
  const [api] = graph.ofType("AWS::ApiGatewayV2::Api");
  return ({ count, failed, latency }) => {
    const failures = Object.values(failed).reduce((sum, number) => sum + number, 0);
    const values = { Count: count, Latency: sketchQuantile(latency, 0.5) ?? 0, "5xx": failures };
    for (const [name, value] of Object.entries(values)) {
      metrics.add("AWS/ApiGateway", name, { ApiId: api?.name ?? "" }, value);
    }
  };
}
