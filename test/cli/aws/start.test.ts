import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { consoleUrl } from "../../../cli/aws/start.ts";
import { sampleResult } from "../../report/sample.ts";
import { shippedDrill } from "../../workflows/sample.ts";
import { gameday, ownFolder } from "../gameday.ts";
import { error, FakeAws, LOGGED_IN } from "./fake-aws.ts";

const GAME_DAY = "arn:aws:states:eu-central-1:111122223333:stateMachine:GameDay";
const execution = (name: string) => `arn:aws:states:eu-central-1:111122223333:execution:GameDay:${name}`;
const Value = JSON.stringify({
  leaseTable: "leases",
  journalTable: "journal",
  resultsBucket: "results-1",
  gameDay: GAME_DAY,
  safetyNet: "arn:aws:states:eu-central-1:111122223333:stateMachine:SafetyNet",
});

const aws = new FakeAws();
beforeAll(() => aws.start());
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
  aws.objects.clear();
  aws.answers = {
    GetParameter: () => ({ Parameter: { Name: "/gameday/system", Value } }),
    StartExecution: ({ name = "" }) => ({ executionArn: execution(name), startDate: 1795255806 }),
    DescribeExecution: () => ({ status: "SUCCEEDED", startDate: 1795255806, stopDate: 1795259406 }),
    GetExecutionHistory: () => ({ events: [] }),
  };
});

const start = (...args: string[]) =>
  gameday(["start", ...args, "--aws"], { env: { ...aws.surroundings, ...LOGGED_IN } });
const started = () => aws.calls.filter(({ operation }) => operation === "StartExecution").map(({ input }) => input);
const inputOf = (call: Record<string, string> | undefined) => JSON.parse(call?.input ?? "null") as object;
const hasResult = (id: string, changes: Parameters<typeof sampleResult>[0]) =>
  aws.objects.set(`results-1/game-days/${id}/result.json`, JSON.stringify(sampleResult(changes)));

describe("start --aws", () => {
  test("starts the default drill under a name of its own, and says where to look", async () => {
    const { code, stdout, stderr } = await start();
    expect(code, stderr).toBe(0);
    const [call] = started();
    expect(call).toMatchObject({
      stateMachineArn: GAME_DAY,
      name: expect.stringMatching(/^gray-latency-\d{8}-\d{6}$/),
    });
    expect(inputOf(call)).toEqual({ drill: "gray-latency", profile: "full" });
    expect(stdout).toBe(`Started ${call!.name}.\n${consoleUrl(execution(call!.name!))}\n`);
  });

  test("starts a drill of the user's own as a whole, in its short durations", async () => {
    const file = join(ownFolder(), "mine.yaml");
    writeFileSync(file, shippedDrill("control.yaml").replace("name: control", "name: mine"));
    expect(await start(file, "--rehearsal")).toMatchObject({ code: 0 });
    expect(started()[0]!.name).toMatch(/^mine-/);
    expect(inputOf(started()[0])).toMatchObject({ drill: { name: "mine", target: "orders" }, profile: "rehearsal" });
  });

  test("prints JSON when asked, and nothing else", async () => {
    const { stdout } = await start("control", "--id", "release-7", "--json");
    expect(JSON.parse(stdout)).toEqual({
      id: "release-7",
      executionArn: execution("release-7"),
      startedAt: "2026-11-21T10:10:06.000Z",
      console: consoleUrl(execution("release-7")),
      report: "s3://results-1/game-days/release-7/report.html",
    });
  });

  test("does not start the same id twice", async () => {
    const input = '{"drill":"control","profile":"full"}';
    aws.answers.StartExecution = () => error("ExecutionAlreadyExists", "Execution Already Exists");
    aws.answers.DescribeExecution = () => ({ status: "RUNNING", startDate: 1795255806, input });
    const { code, stdout, stderr } = await start("control", "--id", "release-7");
    expect(code).toBe(0);
    expect(stderr).toContain("release-7 was started before, and it is RUNNING: nothing was started now.");
    expect(stdout).toContain(consoleUrl(execution("release-7")));
  });

  test("nor takes another game day of that id for it", async () => {
    aws.answers.StartExecution = () => error("ExecutionAlreadyExists", "Execution Already Exists");
    aws.answers.DescribeExecution = () => ({ status: "SUCCEEDED", input: '{"drill":"error-burst","profile":"full"}' });
    const { code, stderr } = await start("control", "--id", "release-7");
    expect(code).toBe(2);
    expect(stderr).toContain('found release-7, which was started with {"drill":"error-burst","profile":"full"}');
  });
});

describe("start --aws --wait", () => {
  test.each([
    ["passed", { verdict: "passed" as const }, 0],
    ["failed", { verdict: "failed" as const }, 1],
    ["invalid", { verdict: "invalid" as const }, 3],
    ["not restored", { restored: { ok: false, checks: [], conflicts: [], byHand: ["aws lambda"] } }, 4],
  ])("ends as the game day did: %s", async (_what, changes, code) => {
    hasResult("release-7", { sentence: "That is how it went.", ...changes });
    const said = await start("control", "--id", "release-7", "--wait");
    expect(said.code, said.stderr).toBe(code);
    expect(said.stdout).toBe("That is how it went.\nReport: s3://results-1/game-days/release-7/report.html\n");
  });

  test("prints its result.json when asked, and nothing else", async () => {
    hasResult("release-7", {});
    const { stdout } = await start("control", "--id", "release-7", "--wait", "--json");
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(sampleResult({}))));
  });

  test("says which state it is in until it has ended", async () => {
    let looks = 0;
    aws.answers.DescribeExecution = () => ({ status: ++looks < 3 ? "RUNNING" : "SUCCEEDED" });
    aws.answers.GetExecutionHistory = () => ({
      events: [
        { timestamp: 1795255807, type: "LambdaFunctionScheduled", id: 9 },
        { timestamp: 1795255806, type: "TaskStateEntered", id: 8, stateEnteredEventDetails: { name: "WatchFault" } },
      ],
    });
    hasResult("release-7", {});
    const { code, stderr } = await start("control", "--id", "release-7", "--wait");
    expect(code).toBe(0);
    expect(stderr.match(/WatchFault/g)).toHaveLength(1);
    expect(looks).toBe(3);
  });

  test("tells a refusal in its own words", async () => {
    const cause = JSON.stringify({ errorMessage: 'Expected target "orders" to be free', errorType: "TargetNotFree" });
    aws.answers.DescribeExecution = () => ({ status: "FAILED", error: "TargetNotFree", cause });
    const { code, stdout, stderr } = await start("control", "--wait");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain('TargetNotFree: Expected target "orders" to be free\n');
  });

  test("says that the game day goes on when the credentials do not", async () => {
    aws.answers.DescribeExecution = () => error("ExpiredTokenException", "The security token is expired");
    const { code, stderr } = await start("control", "--id", "release-7", "--wait");
    expect(code).toBe(3);
    expect(stderr).toMatch(/found expired ones.*\nrelease-7 goes on without anybody looking: https:/);
    expect(stderr).not.toMatch(/\n\s+at |Nothing was touched/);
  });
});

describe("what is wrong is one sentence, and nothing is started", () => {
  test.each([
    ["expired credentials", { GetParameter: () => error("ExpiredTokenException", "expired") }, /found expired ones/],
    [
      "no stack there",
      { GetParameter: () => error("ParameterNotFound", "") },
      /^Expected the SSM parameter \/gameday\/system in eu-central-1.*found none\. Deploy the stack there/,
    ],
    [
      "no permission",
      {
        StartExecution: () =>
          error("AccessDeniedException", "User: ada is not authorized to perform: states:StartExecution"),
      },
      /^By the estimate it costs at most about \$\d+\.\d\d .*\nExpected the permission for this; found none: User: ada/,
    ],
  ])("%s", async (_what, answers, message) => {
    aws.answers = { ...aws.answers, ...answers };
    const { code, stdout, stderr } = await start("control");
    expect(code, stderr).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).toContain("Nothing was touched.");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test.each([
    ["without --aws", ["start", "control"], /^Expected --aws; found none.*gameday rehearse control/],
    ["a drill that there is not", ["start", "controll", "--aws"], /Expected the name of a drill/],
    ["an id that is none", ["start", "control", "--aws", "--id", "a b"], /^Expected an id of at most 80 letters/],
  ])("%s", async (_what, args, message) => {
    const { code, stderr } = await gameday(args, { env: { ...aws.surroundings, ...LOGGED_IN } });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(aws.calls).toEqual([]);
  });
});

test("the console has an address in every partition", () => {
  expect(consoleUrl(execution("day-1"))).toBe(
    `https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/${execution("day-1")}`,
  );
  expect(consoleUrl("arn:aws-cn:states:cn-north-1:1:execution:GameDay:d")).toMatch(
    /^https:\/\/console\.amazonaws\.cn\//,
  );
  expect(consoleUrl("arn:aws-us-gov:states:us-gov-west-1:1:execution:GameDay:d")).toMatch(
    /^https:\/\/console\.amazonaws-us-gov\.com\//,
  );
});
