import type { Block } from "../loadgen/blocks.ts";
import { sketchQuantile } from "../loadgen/sketch.ts";
import type { CloudFormation, Fate } from "../stand-in/aws/cloudformation/operations.ts";
import type { Metrics } from "../stand-in/aws/cloudwatch/metrics.ts";
import { createMemoryTables } from "../stand-in/aws/dynamodb/memory-tables.ts";
import type { Fis } from "../stand-in/aws/fis/operations.ts";
import type { Call } from "../stand-in/aws/operation.ts";
import { Buckets } from "../stand-in/aws/s3/operations.ts";
import type { Published } from "../stand-in/aws/sns/operations.ts";
import type { Definitions } from "../stand-in/aws/step-functions/executions.ts";
import type { Execution, ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";
import type { Steps } from "../stand-in/gameday/steps.ts";
import type { Asked } from "../stand-in/iam/identities.ts";
import { createRegion } from "../stand-in/region.ts";
import type { Graph } from "../stand-in/templates/cfn/graph.ts";
import { withLag } from "./consistency.ts";
import type { Defect } from "./defect.ts";
import type { Failures } from "./failures.ts";
import type { TaskRecord } from "./invariants.ts";
import type { Operator } from "./operators.ts";
import { randomOf } from "./random.ts";
import type { Scenario, StackFailures } from "./scenario.ts";
import { simulatedTarget } from "./simulated-target.ts";
import { SimulatedUpdates } from "./simulated-updates.ts";
import type { TargetState } from "./target-state.ts";
import { synthesiseTask } from "./traffic.ts";
import { UnseenEdits } from "./unseen-edits.ts";
import type { TargetWorld } from "./world.ts";

interface Options {
  readonly world: TargetWorld;
  readonly steps: Steps;
  readonly definitions: Definitions;
  readonly scenario: Scenario;
  readonly failures: Failures;
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
  readonly operator: Operator;
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

/** How long updates take that take a while. */
const UPDATE_MS = 1500;
const EXPERIMENT_PACE_MS = 2000;
const STACK_PACE_MS = 20_000;

export async function simulatedRegion(options: Options): Promise<SimulatedRegion> {
  const { world, scenario, failures, defect } = options;
  const { assembly, target } = world;
  const graph = defect?.graph?.(world.graph) ?? world.graph;
  const buckets = new Buckets(graph.ofType("AWS::S3::Bucket").map(({ name }) => name));
  const tables = createMemoryTables(graph.ofType("AWS::DynamoDB::Table"));
  const updates = new SimulatedUpdates(options);
  const executions = new Map<string, Execution>();
  const tasks: TaskRecord[] = [];
  const loadRandom = randomOf(scenario.seed, "traffic");

  const region = await createRegion({
    graph,
    assembly,
    buckets,
    executions,
    salt: "simulation",
    items: tables.operations,
    pace: { updateMs: UPDATE_MS, experimentMs: EXPERIMENT_PACE_MS },
    takeEffect: (record) => updates.takeEffect(record),
    invoke: (functionArn) => Promise.reject(new Error(`No code of ${functionArn} is here.`)),
    startTask(container) {
      const process = synthesiseTask(container, { buckets, serving, random: loadRandom, onBlock });
      tasks.push({ gameDay: container.variables.GAME_DAY ?? "", process, bornAt: Date.now() });
      return process;
    },
    fateOf: stackFates(scenario.stacks, options.hit),
    onStack({ status }) {
      if (status === "CREATE_COMPLETE") simulated.redeploy();
      setTimeout(options.onChange, 1);
    },
    // As if a rule put the alarms' events into the inbox, which teams' own stacks may ask for.
    putAlarm: (event) => inbox && region.aws.queues.send(inbox, JSON.stringify(event)),
    interfere: withLag(
      (call, make) =>
        failures.interfere(call, async () => {
          const output = await make();
          unseen.note(call);
          options.onCall(call);
          if (call.mutates && simulated.state.changing()) setTimeout(options.onChange, UPDATE_MS + 1);
          return output;
        }),
      scenario.staleSeconds,
    ),
    around: (caller) => failures.around(caller),
    post: failures.post,
    definitions: options.definitions,
    steps: defect?.steps?.(options.steps) ?? options.steps,
    ...(defect?.spoil ? { spoil: defect.spoil() } : {}),
    onEvent: options.onEvent,
  });
  const { aws, metrics } = region;
  updates.begin(aws.functions.values());
  const inbox = aws.queues.byUrl(target.inbox ?? "");
  const onBlock = measureBlock(graph, metrics);
  const simulated = simulatedTarget({ graph, aws, updates, target, scenario });
  const unseen = new UnseenEdits(simulated.operator);
  const serving = simulated.serving((record, variables) => {
    const injections = aws.extensions.injectionsOf(record, variables);
    if (injections.length > 0) aws.extensions.report(record, variables);
    return injections;
  });
  // Of what services do by themselves alarms alone matter here: to say every second how full queues are takes longer than all else.
  aws.cloudwatch.open();

  const named = (type: string, part: string) => graph.ofType(type).find(({ path }) => path.includes(`/${part}/`))!;
  const results = named("AWS::S3::Bucket", "Results").name;
  const leaseTable = named("AWS::DynamoDB::Table", "Leases").name;
  const ownTopics = graph.ofType("AWS::SNS::Topic").filter(({ stack }) => stack === world.gameDay.stack);

  return {
    state: simulated.state,
    operator: simulated.operator,
    fis: aws.fis,
    stacks: aws.stacks,
    executions,
    tasks,
    asked: region.asked,
    announced: () => aws.published.filter(({ topicArn }) => ownTopics.some(({ ref }) => ref === topicArn)),
    leases: () => tables.items(leaseTable) as unknown as Lease[],
    has: (key) => buckets.has(results, key),
    read: (key) => (buckets.has(results, key) ? JSON.parse(buckets.get(results, key).toString()) : undefined),
    start: (machineArn, name, input) => void region.start(machineArn, name, input),
    stop: () => void region.stop(),
  };
}

/** What becomes of creations and deletions, as the scenario says. */
function stackFates({ upSeconds, failsToComeUp, refusals = 0 }: StackFailures, hit: (name: string) => void) {
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
