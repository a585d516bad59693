import { GetParameterCommand } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { checkBudget } from "../../workflows/budget.ts";
import { Drill } from "../../workflows/drill.ts";
import { GameDayInput, INPUT_SHAPE, inputProblems } from "../../workflows/game-day-input.ts";
import { PARAMETERS, planKey } from "../../workflows/names.ts";
import { checkAgainstTarget, checkDurations, planGameDay, type StackToDeploy } from "../../workflows/plan.ts";
import { type Problem, toProblems } from "../../workflows/problem.ts";
import { EphemeralStack, targetToCome } from "../../workflows/stack.ts";
import { Target } from "../../workflows/state.ts";
import { Refused } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** Read from the execution's context object, which no other step reads. */
const PlanInput = z.object({
  input: z.unknown(),
  execution: z.object({ id: z.string(), name: z.string(), startedAt: z.string() }),
  /** The target's stack has been brought up, so that its description is there by now. */
  deployed: z.boolean().default(false),
});

/**
 * Input → plan. Refuses whatever is wrong before anything is touched. Of a stack that is brought up for the game day nothing
 * is known before: that plan is pending, and is made once more when the stack is there.
 */
export const plan = step("Plan", PlanInput, async ({ input: raw, execution, deployed }, runtime) => {
  const input = readInput(raw);
  const drill =
    typeof input.drill === "string"
      ? parseDrill(await shippedDrill(input.drill, runtime), `drill "${input.drill}"`)
      : parseDrill(input.drill, "the drill");
  const { target, own } = await findTarget(drill, deployed, runtime);
  if (!own?.pending) refuse(`drill "${drill.name}"`, checkAgainstTarget(drill, target));
  const identity = {
    id: execution.name,
    executionArn: execution.id,
    startedAt: new Date(execution.startedAt),
    profile: input.profile,
  };
  const made = planGameDay(drill, target, identity, own);
  refuse(`drill "${drill.name}"`, checkBudget(made));
  // The safety net has nothing but the execution's name: it finds the plan here.
  await runtime.results.putJson(planKey(made.id), made);
  return made;
});

function readInput(raw: unknown): GameDayInput {
  const problems = inputProblems(raw);
  if (problems.length > 0) throw new Refused(INPUT_SHAPE, problems.join("; "), "Nothing was touched.");
  return GameDayInput.parse(raw);
}

async function shippedDrill(name: string, { drills }: Runtime): Promise<unknown> {
  const raw = await drills.read(name);
  if (raw === undefined) {
    throw new Refused(
      `the name of a drill: ${(await drills.names()).join(", ")}`,
      `"${name}"`,
      "Or give a whole drill in its place.",
    );
  }
  return raw;
}

function parseDrill(raw: unknown, what: string): Drill {
  const parsed = Drill.safeParse(raw);
  if (!parsed.success) {
    throw refusal(
      what,
      parsed.error.issues.flatMap((issue) => toProblems(issue, raw)),
    );
  }
  refuse(what, checkDurations(parsed.data));
  return parsed.data;
}

/** The target, and the stack that brings it if it has one of its own. */
async function findTarget(
  { deploy, target: name }: Drill,
  deployed: boolean,
  runtime: Runtime,
): Promise<{ target: Target; own?: StackToDeploy }> {
  if (deploy.kind !== "stack") return { target: await describeTarget(name, runtime) };
  const stack = await describe(PARAMETERS.stacks.of(name), EphemeralStack, runtime, {
    what: `a stack for target "${name}"`,
    next: "gameday's own stack writes it for each line of examples/ephemeral-targets.ts.",
  });
  return deployed
    ? { target: await describeTarget(name, runtime), own: { stack } }
    : { target: targetToCome(name), own: { stack, pending: true } };
}

const describeTarget = (name: string, runtime: Runtime): Promise<Target> =>
  describe(PARAMETERS.targets.of(name), Target, runtime, {
    what: `a target "${name}"`,
    next: "The target's stack writes it: see infra/target/game-day-target.ts.",
  });

async function describe<Description>(
  parameter: string,
  shape: z.ZodType<Description>,
  { clients }: Runtime,
  { what, next }: { readonly what: string; readonly next: string },
): Promise<Description> {
  try {
    const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: parameter }));
    return shape.parse(JSON.parse(Parameter?.Value ?? ""));
  } catch (error) {
    const known = error instanceof Error && (error.name === "ParameterNotFound" || error instanceof z.ZodError);
    if (!known && !(error instanceof SyntaxError)) throw error;
    throw new Refused(
      `${what} described in the SSM parameter ${parameter}`,
      error.name === "ParameterNotFound" ? "no such parameter" : error.message,
      next,
      { cause: error },
    );
  }
}

function refuse(what: string, problems: Problem[]): void {
  if (problems.length > 0) throw refusal(what, problems);
}

const refusal = (what: string, problems: Problem[]) =>
  new Refused(
    `${what} to be in order`,
    problems.map((problem) => `${problem.path.join(".") || "drill"}: ${problem.message}`).join("; "),
    "`gameday validate FILE` shows the lines.",
  );
