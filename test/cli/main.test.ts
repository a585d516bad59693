import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MAIN = join(ROOT, "cli/main.ts");
const shippedFiles = () => readdirSync(join(ROOT, "workflows/drills")).filter((file) => /yaml$/.test(file));

function gameday(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

const widest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

describe("gameday", () => {
  test("drills lists what there is to run, in 80 columns", () => {
    const { status, stdout, stderr } = gameday("drills");
    expect(status, stderr).toBe(0);
    for (const drill of ["control", "error-burst", "gray-latency"])
      expect(stdout).toMatch(new RegExp(`^${drill} `, "m"));
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  test("drills --json is JSON of every file in the folder", () => {
    const names = (JSON.parse(gameday("drills", "--json").stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(
      shippedFiles()
        .map((file) => file.replace(".yaml", ""))
        .sort(),
    );
  });

  test("stdout is nothing but JSON by npm run --silent and by npx, and npm is not kept from telling what fails", () => {
    const said = [
      ["npm", "run", "--silent", "gameday", "--", "drills", "--json"],
      ["npx", "gameday", "drills", "--json"],
    ].map(([command = "", ...args]) => spawnSync(command, args, { encoding: "utf8", cwd: ROOT }).stdout);
    for (const stdout of said) expect(JSON.parse(stdout)).toHaveLength(shippedFiles().length);
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).not.toMatch(/loglevel/);
  }, 60_000);

  test("doctor finds everything in order here, in 80 columns", () => {
    const { status, stdout } = gameday("doctor");
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/✓ {2}k6/);
    expect(stdout.replace(/\s+/g, " ")).toContain("AWS ends the support of DevOps Guru on 2027-09-30");
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  test("compare says what it expected when there is nothing to compare", () => {
    const { status, stderr } = gameday("compare", "no-such-drill");
    expect(status).toBe(2);
    expect(stderr).toContain('Expected game days of drill "no-such-drill" on two targets or more');
  });

  test("plan shows timeline, changes with their undo, and dated cost, in 80 columns", () => {
    const { status, stdout, stderr } = gameday("plan", "gray-latency");
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/3h\s+baseline/);
    expect(stdout).toContain("INJECT_LATENCY=250");
    expect(stdout).toContain("put back: ");
    expect(stdout).toMatch(/Cost on AWS, about \$0\.\d\d \(list prices of \d{4}-\d\d/);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  test("plan --rehearsal has the short durations and costs nothing", () => {
    const { stdout } = gameday("plan", "gray-latency", "--rehearsal");
    expect(stdout).toMatch(/35s\s+baseline/);
    expect(stdout).toContain("It costs nothing");
  });

  test("plan shows the guard, and refuses a drill that would go beyond its budget", () => {
    const folder = mkdtempSync(join(tmpdir(), "gameday-"));
    const text = readFileSync(new URL("../../workflows/drills/control.yaml", import.meta.url), "utf8");
    const plan = (guard: string) => {
      writeFileSync(join(folder, "guarded.yaml"), text.replace("rehearsal:", `guard: ${guard}\n\nrehearsal:`));
      return gameday("plan", join(folder, "guarded.yaml"));
    };
    const { stdout } = plan("{ errorRate: { above: 0.5, for: 30s }, budget: 5 }");
    expect(stdout).toContain("more than 50 % of the requests of the last 30s failed");
    expect(stdout).toContain("more than $5 has been spent");
    const refused = plan("{ budget: 0.01 }");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/guard\.budget: expected at least 0\.\d\d US dollars/);
  });

  test("plan --json is JSON", () => {
    const plan = JSON.parse(gameday("plan", "error-burst", "--json").stdout) as { cost: { estimatedUsd: number } };
    expect(plan.cost.estimatedUsd).toBeGreaterThan(0);
  });

  test("validate says that a drill is in order", () => {
    expect(gameday("validate", "control")).toMatchObject({ status: 0, stdout: expect.stringContaining("in order") });
  });

  test("validate names the line of every problem and ends with 2", () => {
    const file = join(mkdtempSync(join(tmpdir(), "gameday-")), "typo.yaml");
    writeFileSync(file, "name: typo\nwarmUp: soon\n");
    const { status, stdout, stderr } = gameday("validate", file);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/typo\.yaml has \d+ problems; nothing was touched:/);
    expect(stderr).toMatch(/typo\.yaml:2:1 {2}warmUp: expected a duration such as 90s, 45m or 1h30m, found "soon"/);
  });

  test.each([
    [
      "a drill that does not exist",
      ["rehearse", "no-such-drill"],
      /Expected the name of a drill.*\n.*\n(?: {2}.*\n)* {2}control/,
    ],
    ["a folder as a drill", ["validate", "."], /Expected a YAML file/],
    ["a malformed --fail", ["rehearse", "--fail", "everything"], /Expected --fail as OPERATION/],
    ["an unknown option", ["rehearse", "--fast"], /unknown option '--fast'/],
    ["an unknown command", ["rehears"], /unknown command 'rehears'/],
  ])("%s ends with 2 and says what was expected, without a stack", (_name, args, message) => {
    const { status, stdout, stderr } = gameday(...args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test.each([[["--help"]], [["rehearse", "--help"]]])("%s has examples", (args) => {
    const { status, stdout } = gameday(...args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Examples:\n {2}gameday rehearse/);
  });

  test.each(["abort", "release"])("%s has examples too, in 80 columns", (command) => {
    const { status, stdout } = gameday(command, "--help");
    expect(status).toBe(0);
    expect(stdout).toContain(`Examples:\n  gameday ${command} `);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });
});
