import { GetParameterCommand } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { planKey } from "../../loadgen/keys.ts";
import { Drill } from "../../workflows/drill.ts";
import { GameDayInput, INPUT_SHAPE, inputProblems } from "../../workflows/game-day-input.ts";
import { checkAgainstTarget, checkBudget, checkDurations, planGameDay } from "../../workflows/plan.ts";
import { type Problem, toProblems } from "../../workflows/problem.ts";
import { Target } from "../../workflows/state.ts";
import { Refused } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** Read from the execution's context object, which no other step reads. */
const PlanInput = z.object({
  input: z.unknown(),
  execution: z.object({ id: z.string(), name: z.string(), startedAt: z.string() }),
});

/** Input → plan. Refuses whatever is wrong before anything is touched. */
export const plan = step("Plan", PlanInput, async ({ input: raw, execution }, runtime) => {
  const input = readInput(raw);
  const drill =
    typeof input.drill === "string"
      ? parseDrill(await shippedDrill(input.drill, runtime), `drill "${input.drill}"`)
      : parseDrill(input.drill, "the drill");
  const target = await describeTarget(drill.target, runtime);
  refuse(`drill "${drill.name}"`, checkAgainstTarget(drill, target));
  const made = planGameDay(drill, target, {
    id: execution.name,
    executionArn: execution.id,
    startedAt: new Date(execution.startedAt),
    profile: input.profile,
  });
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

async function describeTarget(name: string, { clients }: Runtime): Promise<Target> {
  const parameter = `/gameday/targets/${name}`;
  try {
    const { Parameter } = await clients.ssm.send(new GetParameterCommand({ Name: parameter }));
    return Target.parse(JSON.parse(Parameter?.Value ?? ""));
  } catch (error) {
    const known = error instanceof Error && (error.name === "ParameterNotFound" || error instanceof z.ZodError);
    if (!known && !(error instanceof SyntaxError)) throw error;
    throw new Refused(
      `a target "${name}" described in the SSM parameter ${parameter}`,
      error.name === "ParameterNotFound" ? "no such parameter" : error.message,
      "The target's stack writes it: see infra/targets/game-day-target.ts.",
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
