import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { resultKey } from "../../workflows/names.ts";
import type { System } from "../../workflows/system.ts";
import { EXIT, UserError } from "../exit-codes.ts";
import { print } from "../output.ts";
import { oneOf } from "../running.ts";
import { beforeAnyChange } from "./explain.ts";
import { awsConfiguration, readSystem } from "./system.ts";

/** Stops a game day's execution on AWS. What follows is the safety net's, which the rule starts there. */
export async function abortOnAws(id: string | undefined, by: string, { json }: { json?: boolean }): Promise<number> {
  return beforeAnyChange(async () => {
    const system = await readSystem();
    const sfn = new SFNClient(awsConfiguration());
    try {
      const chosen = id ?? (await onlyRunning(sfn, system));
      const executionArn = `${system.gameDay.replace(":stateMachine:", ":execution:")}:${chosen}`;
      await mustRun(sfn, executionArn, chosen);
      const cause = `gameday abort by ${by}`;
      const { stopDate } = await sfn.send(new StopExecutionCommand({ executionArn, error: "Aborted", cause }));
      const report = `s3://${system.resultsBucket}/${resultKey(chosen, "report.html")}`;
      print(
        json
          ? JSON.stringify({ id: chosen, executionArn, stoppedAt: stopDate?.toISOString(), report }, undefined, 2)
          : `Stopped ${chosen}. The safety net puts back what it changed and reports:\n${report}`,
      );
      return EXIT.passed;
    } finally {
      sfn.destroy();
    }
  });
}

async function onlyRunning(sfn: SFNClient, { gameDay }: System): Promise<string> {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: gameDay, statusFilter: "RUNNING" }),
  );
  return oneOf(
    executions.map(({ name = "", startDate }) => ({ id: name, startedAt: startDate?.toISOString() ?? "" })),
    "game day on AWS",
  ).id;
}

async function mustRun(sfn: SFNClient, executionArn: string, id: string): Promise<void> {
  const found = await describe(sfn, executionArn);
  if (found?.status === "RUNNING") return;
  const what = found ? `it ${found.status} since ${found.stopDate?.toISOString()}` : "no execution of that name";
  throw new UserError(`Expected game day ${id} to be running on AWS; found ${what}. Nothing was touched.`);
}

async function describe(sfn: SFNClient, executionArn: string): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof Error && /^(ExecutionDoesNotExist|InvalidArn)$/.test(error.name)) return undefined;
    throw error;
  }
}
