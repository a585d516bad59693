import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { failureText } from "../../analysis/wording.ts";
import { wrap } from "../../report/terminal.ts";
import type { GameDayInput } from "../../workflows/game-day-input.ts";
import { resultKey } from "../../workflows/names.ts";
import { Result } from "../../workflows/result.ts";
import type { System } from "../../workflows/system.ts";
import { EXIT, exitCodeOf, UserError } from "../exit-codes.ts";
import { print, say } from "../output.ts";
import { beforeAnyChange, sentenceOf } from "./explain.ts";
import { awsConfiguration, readSystem } from "./system.ts";

export interface Start {
  readonly id: string;
  readonly input: GameDayInput;
  /** Somebody gave the id, so that a game day of this id is this one, started before. */
  readonly mayBeThere: boolean;
  /** What it costs by the estimate, for people; undefined where that is not known. */
  readonly bill?: string | undefined;
}

interface Options {
  wait?: boolean;
  json?: boolean;
}

/** Starts a game day's execution on AWS; with `wait` goes on until it has ended, and ends as it did. */
export async function startOnAws(start: Start, options: Options): Promise<number> {
  const sfn = new SFNClient(awsConfiguration());
  try {
    const { system, executionArn, startedAt } = await beforeAnyChange(() => begin(sfn, start));
    const links = { console: consoleUrl(executionArn), report: reportUrl(system, start.id) };
    if (options.json && !options.wait) {
      print(JSON.stringify({ id: start.id, executionArn, startedAt, ...links }, undefined, 2));
    } else {
      (options.wait ? say : print)(`Started ${start.id}.\n${links.console}`);
    }
    return options.wait ? await outcome(sfn, executionArn, start.id, system, options) : EXIT.passed;
  } finally {
    sfn.destroy();
  }
}

async function begin(sfn: SFNClient, { id, input, mayBeThere, bill }: Start) {
  const system = await readSystem();
  if (bill) say(bill);
  const executionArn = `${system.gameDay.replace(":stateMachine:", ":execution:")}:${id}`;
  try {
    const { startDate } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: system.gameDay, name: id, input: JSON.stringify(input) }),
    );
    return { system, executionArn, startedAt: startDate?.toISOString() };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ExecutionAlreadyExists") throw error;
    if (!mayBeThere) throw new UserError(`Expected no game day ${id}; found one. Try again. Nothing was touched.`);
    const before = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    mustBeTheSame(before, input, id);
    say(`${id} was started before, and it is ${before.status}: nothing was started now.`);
    return { system, executionArn, startedAt: before.startDate?.toISOString() };
  }
}

function mustBeTheSame({ input: before = "" }: DescribeExecutionCommandOutput, input: GameDayInput, id: string): void {
  if (before === JSON.stringify(input)) return;
  throw new UserError(
    `Expected an id that no game day has; found ${id}, which was started with ${before}. Nothing was touched.`,
  );
}

/** Where the console shows an execution. */
export function consoleUrl(executionArn: string): string {
  const [, partition = "aws", , region = ""] = executionArn.split(":");
  const hosts: Record<string, string> = {
    aws: `${region}.console.aws.amazon.com`,
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
  };
  return `https://${hosts[partition]}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

const reportUrl = ({ resultsBucket }: System, id: string) => `s3://${resultsBucket}/${resultKey(id, "report.html")}`;

/** Follows the execution to its end. What fails from here on leaves the game day as it is: it runs on AWS. */
async function outcome(
  sfn: SFNClient,
  executionArn: string,
  id: string,
  system: System,
  { json }: Options,
): Promise<number> {
  try {
    const { status = "", error, cause } = await followed(sfn, executionArn);
    const result = await resultOf(id, system);
    if (result) print(json ? JSON.stringify(result, undefined, 2) : wrap(result.sentence).join("\n"));
    if (error !== undefined) say(wrap(`${error}: ${failureText({ Error: error, Cause: cause ?? "" })}`).join("\n"));
    if (result && !json) print(`Report: ${reportUrl(system, id)}`);
    if (!result) say(`${id} ended ${status}, without a report as yet.`);
    if (!result && status !== "FAILED") return EXIT.saysNothing;
    return exitCodeOf({
      status,
      result,
      error: error === undefined ? undefined : { name: error },
      changed: [],
    });
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    say(`${sentence}\n${id} goes on without anybody looking: ${consoleUrl(executionArn)}`);
    return EXIT.saysNothing;
  }
}

/** The longest wait between two looks, seconds. */
const LONGEST_WAIT = 10;

async function followed(sfn: SFNClient, executionArn: string): Promise<DescribeExecutionCommandOutput> {
  let told = "";
  for (let waitSeconds = 1; ; waitSeconds = Math.min(LONGEST_WAIT, waitSeconds * 2)) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== "RUNNING") return execution;
    const state = await stateOf(sfn, executionArn);
    if (state !== undefined && state !== told) say(`${new Date().toISOString().slice(11, 19)} ${state}`);
    told = state ?? told;
    await sleep(waitSeconds * 1000);
  }
}

/** The state that was entered last. */
async function stateOf(sfn: SFNClient, executionArn: string): Promise<string | undefined> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20, includeExecutionData: false }),
  );
  return events
    .map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name)
    .find((name) => name !== undefined);
}

async function resultOf(id: string, { resultsBucket }: System): Promise<Result | undefined> {
  const s3 = new S3Client(awsConfiguration());
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: resultsBucket, Key: resultKey(id, "result.json") }));
    return Result.parse(JSON.parse((await Body?.transformToString()) ?? ""));
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  } finally {
    s3.destroy();
  }
}
