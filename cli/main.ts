import { Command, CommanderError } from "commander";
import pc from "picocolors";
import { TemplateError } from "../rehearsal/cfn/intrinsics.ts";
import { drillsCommand } from "./commands/drills.ts";
import { planCommand } from "./commands/plan.ts";
import { type RehearseCommandOptions, rehearseCommand } from "./commands/rehearse.ts";
import { validateCommand } from "./commands/validate.ts";
import { EXIT, UserError } from "./exit-codes.ts";
import { say } from "./output.ts";

const DEFAULT_DRILL = "gray-latency";
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

In the project, npm run gameday -- COMMAND is the same.`,
  );

program
  .command("rehearse")
  .description("run one whole game day on this machine, from the templates that AWS would get")
  .argument("[drill]", "name of a shipped drill, or path of a YAML file", DEFAULT_DRILL)
  .option("--json", "print result.json on stdout and nothing else")
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
  gameday rehearse gray-latency --fail UpdateFunctionConfiguration@UndoFault=1
  gameday rehearse gray-latency --fail UpdateFunctionConfiguration@UndoFault,RollBack=always`,
  )
  .action(async (drill: string, options: RehearseCommandOptions) => {
    process.exitCode = await rehearseCommand(drill, options);
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

program.command("drills").description("list the shipped drills").option("--json", "as JSON").action(drillsCommand);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.wrongInput;
  if (error instanceof UserError || error instanceof TemplateError) {
    say(pc.red(error.message));
    return EXIT.wrongInput;
  }
  throw error;
}
