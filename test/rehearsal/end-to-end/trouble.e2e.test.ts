import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { interferenceOf } from "../../../cli/interference.ts";
import { locateK6 } from "../../../cli/k6.ts";
import { readAssembly } from "../../../rehearsal/cfn/assembly.ts";
import { rehearse } from "../../../rehearsal/rehearse.ts";
import { CommandLine, SHORT_DRILL } from "./command-line.ts";

const templates = fileURLToPath(new URL("../../../cdk.out", import.meta.url));

describe("when something goes wrong", () => {
  it("an undo that fails once is tried again; an alarm on a wrong dimension could not tell", async () => {
    const assembly = structuredClone(readAssembly(templates));
    const orders = assembly.stacks.find(({ name }) => name === "Orders")!.template.Resources;
    const alarm = Object.values(orders).find(({ Properties }) => Properties?.ExtendedStatistic === "p99")!;
    alarm.Properties!.Dimensions = [{ Name: "ApiName", Value: "orders" }];

    const { result, changed, troubles } = await rehearse({
      assembly,
      id: "trouble",
      input: { drill: parse(readFileSync(SHORT_DRILL, "utf8")), profile: "rehearsal" },
      k6Path: locateK6(),
      alarmPeriodSeconds: 5,
      outFolder: mkdtempSync(join(tmpdir(), "gameday-")),
      interfere: interferenceOf(["UpdateFunctionConfiguration@UndoFault=1"]),
    });

    expect(result?.restored).toMatchObject({ ok: true, byHand: [] });
    expect(changed).toEqual([]);
    expect(troubles).toEqual([]);
    // Without evidence there is no verdict: silence of an alarm that has no data is not silence.
    expect(result?.verdict).toBe("invalid");
    expect(result?.reasons.join()).toMatch(
      /LatencyAlarm.* has no data: does AWS\/ApiGateway Latency \{ApiName=orders\} exist\?/,
    );
  });

  it("an undo that always fails ends with exit code 4 and the commands to do it by hand", async () => {
    const call = "UpdateFunctionConfiguration@UndoFault,RollBack=always";
    const { code, stdout } = await new CommandLine("rehearse", SHORT_DRILL, "--fail", call).ended;
    expect(code).toBe(4);
    expect(stdout).toContain("NOT RESTORED");
    expect(stdout).toMatch(
      /aws lambda get-function-configuration --function-name \S+CreateOrder\S+ .*del\(\.INJECT_LATENCY\)/,
    );
    expect(stdout).toMatch(
      /aws lambda update-function-configuration --function-name \S+ --environment file:\/\/environment.json/,
    );
  });
});
