import { Command, CommanderError } from "commander";
import { TemplateError } from "../stand-in/templates/cfn/intrinsics.ts";
import { DEFAULT_DRILL } from "../workflows/game-day-input.ts";
import { type AbortOptions, abortCommand } from "./commands/abort.ts";
import { type CompareOptions, compareCommand } from "./commands/compare.ts";
import { type DoctorOptions, doctorCommand } from "./commands/doctor.ts";
import { drillsCommand } from "./commands/drills.ts";
import { type PermissionsOptions, permissionsCommand } from "./commands/permissions.ts";
import { planCommand } from "./commands/plan.ts";
import { type RehearseCommandOptions, rehearseCommand } from "./commands/rehearse.ts";
import { rehearseAllCommand } from "./commands/rehearse-all.ts";
import { type ReleaseOptions, releaseCommand } from "./commands/release.ts";
import { type SimulateCommandOptions, simulateCommand } from "./commands/simulate.ts";
import { type StartCommandOptions, startCommand } from "./commands/start.ts";
import { startsCommand } from "./commands/starts.ts";
import { validateCommand } from "./commands/validate.ts";
import { EXIT, UserError } from "./exit-codes.ts";
import { paint, say } from "./output.ts";

const collect = (value: string, list: string[]) => [...list, value];

const program = new Command("gameday")
  .description("Break your serverless system on purpose: who noticed, did it heal, was everything put back?")
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(text) })
  .showHelpAfterError("(add --help for more)")
  .addHelpText(
    "after",
    `
Exit codes: 0 passed · 1 failed · 2 wrong input or set-up · 3 invalid or aborted · 4 not restored

Examples:
  gameday rehearse                      the default drill, ${DEFAULT_DRILL}, on this machine
  gameday rehearse error-burst --json   result.json on stdout, progress on stderr
  gameday plan gray-latency             timeline, changes and cost on AWS
  gameday validate my-drill.yaml        is it in order, for its target too?
  gameday abort                         stop the rehearsal that is running
  gameday release orders --reason "…"   a quarantined target is in order again

In the project, npx gameday COMMAND and npm run gameday -- COMMAND are the same;
with --json npm run --silent, because npm writes to stdout what it runs.`,
  );

program
  .command("rehearse")
  .description("run one whole game day on this machine, from the templates that AWS would get")
  .argument("[drill]", "name of a shipped drill, or path of a YAML file", DEFAULT_DRILL)
  .option("--all", "every shipped drill, one after another, and a table of what came of them")
  .option("--target <name>", "on another target than the drill's own")
  .option("--template <file>", "on a stack of your own: its template, as cdk synth left it, with functions for Node")
  .option("--json", "print result.json on stdout and nothing else; with --all an array of them")
  .option("--out <folder>", "where reports go, in a folder named by the game day's id", ".gameday/reports")
  .option(
    "--fail <call>",
    "make calls of the steps fail, to see what gameday does: OPERATION[@STEP,STEP]=COUNT or =always",
    collect,
    [],
  )
  .addHelpText(
    "after",
    `
Examples:
  gameday rehearse control
  gameday rehearse --all --json > results.json
  gameday rehearse overload --target notifications-flow-control
  gameday rehearse my-drill.yaml --template ../shop/cdk.out/Shop.template.json
  gameday rehearse gray-latency --fail UpdateFunctionConfiguration@UndoFault=1
  gameday rehearse gray-latency --fail UpdateFunctionConfiguration@UndoFault,RollBack=always`,
  )
  .action(async (drill: string, options: RehearseCommandOptions & { all?: boolean }) => {
    process.exitCode = options.all ? await rehearseAllCommand(options) : await rehearseCommand(drill, options);
  });

program
  .command("plan")
  .description("show the timeline, what is changed and how it is put back, and the cost on AWS")
  .argument("[drill]", "name of a shipped drill, or path of a YAML file", DEFAULT_DRILL)
  .option("--rehearsal", "the short durations of a rehearsal")
  .option("--json", "as JSON")
  .action(planCommand);

program
  .command("validate")
  .description("check a drill: its keys, its durations, and that its target has what it names")
  .argument("<file>", "name of a shipped drill, or path of a YAML file")
  .action(validateCommand);

program
  .command("compare")
  .description("put game days side by side: what was measured, who noticed")
  .argument("<game days...>", "ids, or paths of result.json; of a drill's name the newest on each target")
  .option("--reports <folder>", "where the reports are", ".gameday/reports")
  .option("--json", "as JSON on stdout, without a page")
  .addHelpText(
    "after",
    `
Examples:
  gameday compare overload
  gameday compare overload-20261121-101500 overload-20261121-102000`,
  )
  .action((named: string[], options: CompareOptions) => {
    process.exitCode = compareCommand(named, options);
  });

program
  .command("abort")
  .description("stop a game day, as StopExecution does, and wait until everything is put back")
  .argument("[id]", "the game day's id; without it, the only one that is running")
  .option("--aws", "a game day on AWS, in the account and region of your credentials")
  .option("--json", "print its result.json on stdout and nothing else")
  .addHelpText(
    "after",
    `
Ends with 0 when everything was put back, with 4 when not.

Examples:
  gameday abort                                  the rehearsal that is running
  gameday abort gray-latency-20261121-091500
  gameday abort --aws                            the game day that runs on AWS`,
  )
  .action(async (id: string | undefined, options: AbortOptions) => {
    process.exitCode = await abortCommand(id, options);
  });

program
  .command("release")
  .description("free a target from quarantine, once a person has put it in order")
  .argument("<target>", "name of the target")
  .option("--reason <text>", "why it is in order again; kept on record")
  .option("--by <name>", "who says so; default: the user's name on this machine")
  .option("--aws", "a target on AWS, in the account and region of your credentials")
  .option("--json", "print the records as JSON on stdout and nothing else")
  .addHelpText(
    "after",
    `
Examples:
  gameday release orders --reason "INJECT_LATENCY taken out by hand"
  gameday release orders --aws --by "Ada" --reason "rolled back, ticket OPS-12"`,
  )
  .action(async (target: string, options: ReleaseOptions) => {
    process.exitCode = await releaseCommand(target, options);
  });

program
  .command("start")
  .description("start a game day on AWS, in the account and region of your credentials")
  .argument("[drill]", "name of a shipped drill, or path of a YAML file", DEFAULT_DRILL)
  .option("--aws", "on AWS; on this machine it is gameday rehearse")
  .option("--id <name>", "the game day's id: the same id again is the same game day; default: drill and time")
  .option("--target <name>", "on another target than the drill's own")
  .option("--rehearsal", "the short durations of a rehearsal")
  .option("--wait", "follow it to its end, and end with its exit code")
  .option("--json", "print where it is as JSON on stdout and nothing else; with --wait, its result.json")
  .addHelpText(
    "after",
    `
Examples:
  gameday start --aws                        the default drill, ${DEFAULT_DRILL}
  gameday start control --aws --wait --json  in a pipeline
  gameday start control --aws --id release-7 once, however often it is called`,
  )
  .action(async (drill: string, options: StartCommandOptions) => {
    process.exitCode = await startCommand(drill, options);
  });

program
  .command("starts")
  .description("list what starts game days by itself, and when it does next")
  .option("--json", "as JSON")
  .action(startsCommand);

program
  .command("simulate")
  .description("play game days in virtual time in which things go wrong, and look whether anything is left behind")
  .option("--runs <n>", "how many histories, each from a seed of its own", "1000")
  .option("--seed <n>", "where the seeds begin; with --trace the seed of one history", "1")
  .option("--trace", "play the one history of the seed, event by event")
  .option("--matrix", "stop a game day in every state, in every way, and print what came of it as a Markdown table")
  .option("--json", "what came of it as JSON on stdout, progress on stderr")
  .addHelpText(
    "after",
    `
Exit codes: 0 nothing was ever left behind · 4 something was

Examples:
  gameday simulate --runs 10000 --seed 1 --json
  gameday simulate --seed 1000042 --trace     a failing seed, as it was printed`,
  )
  .action(async (options: SimulateCommandOptions) => {
    process.exitCode = await simulateCommand(options);
  });

program
  .command("permissions")
  .description("what each step's role may do in the templates, and what it was seen to need in simulated game days")
  .option("--runs <n>", "how many histories are played to see it", "600")
  .option("--json", "as JSON on stdout, progress on stderr")
  .addHelpText(
    "after",
    `
Exit codes: 0 every permission is needed and none is missing · 1 one is not needed, or missing

Example:
  gameday permissions --json`,
  )
  .action(async (options: PermissionsOptions) => {
    process.exitCode = await permissionsCommand(options);
  });

program
  .command("doctor")
  .description("look at everything that game days need, and change nothing")
  .option("--aws", "at what is deployed too, in the account and region of your credentials")
  .option("--json", "as JSON")
  .addHelpText(
    "after",
    `
Exit codes: 0 game days can run · 2 something keeps them from it

Example:
  gameday doctor --aws`,
  )
  .action(async (options: DoctorOptions) => {
    process.exitCode = await doctorCommand(options);
  });

program.command("drills").description("list the shipped drills").option("--json", "as JSON").action(drillsCommand);

// Whoever reads may have seen enough, such as `head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.wrongInput;
  if (error instanceof UserError || error instanceof TemplateError) {
    say(paint("red", error.message));
    return EXIT.wrongInput;
  }
  throw error;
}
