import { describe, expect, test } from "vitest";
import { gameday } from "../gameday.ts";

describe("gameday starts", () => {
  test("lists what the templates have, with next times in their zone, in 80 columns", async () => {
    const { code, stdout, stderr } = await gameday(["starts"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^weekly \(disabled: it starts nothing\)\n {2}drill {3}gray-latency\n/);
    expect(stdout).toMatch(
      /\n {2}when {4}cron\(0 10 \? \* TUE \*\) in Europe\/Berlin\n {2}next {4}Tue 20\d\d-\d\d-\d\d 10:00\n/,
    );
    expect(stdout).toMatch(/\n {2}not on {2}2026-12-21\/2027-01-03 \(Europe\/Berlin\)\n/);
    expect(stdout).toMatch(/\nafter-deployment .*\n.*error-burst\n {2}when {4}after an event: aws\.cloudformation, /);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("--json is JSON", async () => {
    const { stdout } = await gameday(["starts", "--json"]);
    const starts = JSON.parse(stdout) as { name: string; schedule?: { next: string[] }; event?: object }[];
    expect(starts.map(({ name }) => name)).toEqual(["weekly", "after-deployment"]);
    expect(starts[0]!.schedule!.next).toHaveLength(3);
    expect(starts[1]!.event).toMatchObject({ source: ["aws.cloudformation"] });
  });
});
