import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLeases } from "../../../functions/lease/lease.ts";
import { startTables } from "../../functions/tables.ts";
import { gameday } from "../gameday.ts";
import { error, FakeAws, LOGGED_IN } from "./fake-aws.ts";

const GAME_DAY = "arn:aws:states:eu-central-1:111122223333:stateMachine:GameDay";
const execution = (name: string) => `arn:aws:states:eu-central-1:111122223333:execution:GameDay:${name}`;
const SYSTEM = {
  leaseTable: "leases",
  journalTable: "journal",
  resultsBucket: "results-1",
  gameDay: GAME_DAY,
  safetyNet: "arn:aws:states:eu-central-1:111122223333:stateMachine:SafetyNet",
};
const parameter = (Value: string) => () => ({ Parameter: { Name: "/gameday/system", Value } });

const aws = new FakeAws();
let tables: Awaited<ReturnType<typeof startTables>>;
let tablesUrl: string;
beforeAll(async () => {
  await aws.start();
  tables = await startTables();
  tablesUrl = `http://127.0.0.1:${await portOf(tables.documents)}`;
});
afterAll(async () => {
  aws.stop();
  await tables.stop();
});
beforeEach(() => {
  aws.calls.length = 0;
  aws.answers = {
    GetParameter: parameter(JSON.stringify(SYSTEM)),
    DescribeExecution: () => ({ status: "RUNNING", startDate: 1795255806 }),
    StopExecution: () => ({ stopDate: 1795255900 }),
  };
});

async function portOf({ config }: Awaited<ReturnType<typeof startTables>>["documents"]): Promise<number | undefined> {
  return (await config.endpoint?.())?.port;
}

const signedIn = (...args: string[]) => gameday(args, { env: loggedIn() });
const loggedIn = () => ({ ...aws.surroundings, ...LOGGED_IN, AWS_ENDPOINT_URL_DYNAMODB: tablesUrl });
const operations = () => aws.calls.map(({ operation }) => operation);
const inOneSentence = (text: string) => {
  expect(text).not.toMatch(/\n\s+at /);
  return text;
};

describe("abort --aws", () => {
  test("stops the execution of that name, and says where its report will be", async () => {
    const { code, stdout, stderr } = await signedIn("abort", "day-1", "--aws");
    expect(code, stderr).toBe(0);
    expect(aws.calls.at(-1)).toMatchObject({
      operation: "StopExecution",
      input: { executionArn: execution("day-1"), error: "Aborted", cause: expect.stringMatching(/^gameday abort by /) },
    });
    expect(stdout).toContain("s3://results-1/game-days/day-1/report.html");
  });

  test("prints JSON when asked", async () => {
    const { stdout } = await signedIn("abort", "day-1", "--aws", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ id: "day-1", executionArn: execution("day-1") });
  });

  test("without a name stops the only one that runs", async () => {
    aws.answers.ListExecutions = () => ({ executions: [{ name: "day-7", startDate: 1795255806 }] });
    expect(await signedIn("abort", "--aws")).toMatchObject({ code: 0 });
    expect(aws.calls.at(-1)?.input).toMatchObject({ executionArn: execution("day-7") });
  });

  test("without a name asks for one when several run, and stops none", async () => {
    aws.answers.ListExecutions = () => ({
      executions: ["day-7", "day-8"].map((name) => ({ name, startDate: 1795255806 })),
    });
    const { code, stderr } = await signedIn("abort", "--aws");
    expect(code).toBe(2);
    expect(stderr).toMatch(/found 2\. Say which: gameday abort ID\n.*\n.*started.*\n.*\nday-7 .*\nday-8 /);
    expect(operations()).not.toContain("StopExecution");
  });

  test.each([
    ["is over", () => ({ status: "SUCCEEDED", stopDate: 1795255806 }), /found it SUCCEEDED since 2026-11-21T10:10:06/],
    [
      "is not there",
      () => error("ExecutionDoesNotExist", "Execution Does Not Exist"),
      /found no execution of that name/,
    ],
  ])("stops nothing when it %s", async (_name, answer, message) => {
    aws.answers.DescribeExecution = answer;
    const { code, stderr } = await signedIn("abort", "day-1", "--aws");
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(operations()).not.toContain("StopExecution");
  });
});

describe("release --aws", () => {
  const leases = () => createLeases(tables.documents, "leases", { now: () => new Date() });
  const holder = { id: "day-1", executionArn: execution("day-1") };

  test("frees a quarantined target and prints the record", async () => {
    await leases().acquire("orders", holder, new Date());
    await leases().quarantine("orders", "day-1", "not restored: SLOW_MS");
    const args = ["release", "orders", "--aws", "--by", "Ada", "--reason", "rolled back", "--json"];
    const { code, stdout, stderr } = await signedIn(...args);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        target: "orders",
        by: "Ada",
        reason: "rolled back",
        holder: "day-1",
        quarantine: "not restored: SLOW_MS",
      }),
    ]);
    expect(await leases().read("orders")).toBeUndefined();
  });

  test("leaves a target alone that a game day holds", async () => {
    await leases().acquire("busy", holder, new Date(Date.now() + 60_000));
    const { code, stderr } = await signedIn("release", "busy", "--aws", "--reason", "x");
    expect(code).toBe(2);
    expect(stderr).toContain('Expected target "busy" in quarantine; found one that game day day-1 holds.');
    expect(await leases().read("busy")).toMatchObject({ holder: "day-1" });
  });
});

describe("what is wrong with the way to AWS is one sentence, and nothing is touched", () => {
  const expired = () => error("ExpiredTokenException", "The security token included in the request is expired");
  const forged = () => error("UnrecognizedClientException", "The security token included in the request is invalid.");
  const denied = () => error("AccessDeniedException", "User: ada is not authorized to perform: ssm:GetParameter");
  const { AWS_REGION: _, ...noRegion } = LOGGED_IN;

  test.each([
    [
      "expired credentials",
      LOGGED_IN,
      { GetParameter: expired },
      /^Expected valid AWS credentials; found expired ones/,
    ],
    ["credentials that AWS does not know", LOGGED_IN, { GetParameter: forged }, /found ones that AWS refuses/],
    ["no credentials", { AWS_REGION: "eu-central-1" }, {}, /^Expected AWS credentials; found none/],
    ["no region", noRegion, {}, /^Expected an AWS region; found none: set AWS_REGION/],
    ["no permission", LOGGED_IN, { GetParameter: denied }, /^Expected the permission for this; found none: User: ada/],
    [
      "no stack there",
      LOGGED_IN,
      { GetParameter: () => error("ParameterNotFound", "") },
      /^Expected the SSM parameter \/gameday\/system in eu-central-1.*found none\. Deploy the stack there/,
    ],
    [
      "another stack's parameter",
      LOGGED_IN,
      { GetParameter: parameter('{"leaseTable":"t"}') },
      /found one without journalTable, resultsBucket, gameDay, safetyNet\./,
    ],
    ["a parameter that is no JSON", LOGGED_IN, { GetParameter: parameter("soon") }, /found one without JSON in it/],
  ])("%s", async (_name, login, answers, message) => {
    aws.answers = { ...aws.answers, ...answers };
    const commands = [
      ["abort", "day-1", "--aws"],
      ["release", "orders", "--aws", "--reason", "x"],
    ];
    const env = { ...aws.surroundings, ...login };
    for (const { code, stdout, stderr } of await Promise.all(commands.map((args) => gameday(args, { env })))) {
      expect(code, stderr).toBe(2);
      expect(stdout).toBe("");
      expect(inOneSentence(stderr)).toMatch(message);
      expect(stderr).toContain("Nothing was touched.");
    }
    expect(operations()).not.toContain("StopExecution");
    expect(operations()).not.toContain("UpdateItem");
  });

  test("nobody who answers", async () => {
    const nowhere = {
      ...aws.surroundings,
      ...LOGGED_IN,
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_MAX_ATTEMPTS: "1",
    };
    const { code, stderr } = await gameday(["abort", "day-1", "--aws"], { env: nowhere });
    expect(code).toBe(2);
    expect(inOneSentence(stderr)).toMatch(/^Expected an answer of AWS; found none/);
  });
});
