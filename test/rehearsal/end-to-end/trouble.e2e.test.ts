import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { interferenceOf } from "../../../cli/interference.ts";
import { locateK6 } from "../../../cli/k6.ts";
import { rehearse } from "../../../rehearsal/rehearse.ts";
import { stacksFor } from "../../../stand-in/gameday/target.ts";
import { readAssembly } from "../../../stand-in/templates/cfn/assembly.ts";
import { Result } from "../../../workflows/result.ts";
import { CommandLine, GUARDED_DRILL, SHORT_DRILL } from "./command-line.ts";

const templates = fileURLToPath(new URL("../../../cdk.out", import.meta.url));

describe.concurrent("when something goes wrong", () => {
  it("an undo that fails once is tried again; an alarm on a wrong dimension could not tell, DevOps Guru can", async () => {
    const assembly = structuredClone(stacksFor(readAssembly(templates), "orders"));
    const orders = assembly.stacks.find(({ name }) => name === "Orders")!.template.Resources;
    orders.Analysed = {
      Type: "AWS::DevOpsGuru::ResourceCollection",
      Properties: { ResourceCollectionFilter: { CloudFormation: { StackNames: ["Orders"] } } },
    };
    const drill = parse(readFileSync(SHORT_DRILL, "utf8"));
    drill.faults[0].expect.push({ detector: "devops-guru", outcome: "any" });
    const alarm = Object.values(orders).find(({ Properties }) => Properties?.ExtendedStatistic === "p99")!;
    alarm.Properties!.Dimensions = [{ Name: "ApiName", Value: "orders" }];

    const { result, changed, troubles } = await rehearse({
      assembly,
      id: "trouble",
      input: { drill, profile: "rehearsal" },
      k6Path: locateK6(),
      alarmPeriodSeconds: 5,
      outFolder: mkdtempSync(join(tmpdir(), "gameday-")),
      interfere: interferenceOf(["UpdateFunctionConfiguration@UndoFault=1"]),
    });

    expect(result?.restored).toMatchObject({ ok: true, byHand: [] });
    expect(changed).toEqual([]);
    expect(troubles).toEqual([]);
    expect(result?.faults[0]?.detections.find(({ detector }) => detector === "devops-guru")).toMatchObject({
      outcome: "detected",
      detail: expect.stringMatching(/medium insight “Latency of \S+ is unusual”.*AWS\/ApiGateway Latency/),
    });
    expect(result?.warnings.join()).toContain("2027-09-30");
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

  it("a fault that does more harm than the guard allows ends the game day, and is taken back", async () => {
    const { code, stdout, stderr, log } = await new CommandLine("rehearse", GUARDED_DRILL, "--json").ended;
    expect(code, stderr).toBe(3);
    const { verdict, reasons, restored, phases } = Result.parse(JSON.parse(stdout));
    expect(verdict).toBe("aborted");
    expect(reasons.join()).toMatch(
      /p50 of 10 s to be at most 500 ms; found \S+ m?s\. The guard ends the game day early/,
    );
    expect(restored).toMatchObject({ ok: true, conflicts: [], byHand: [] });
    // Ten seconds of blocks and a watch interval, of the sixty that the fault was to last.
    const fault = phases.find(({ name }) => name.startsWith("fault"))!;
    expect((Date.parse(fault.to) - Date.parse(fault.from)) / 1000).toBeLessThan(35);
    expect(log).not.toContain('"state":"WatchRecovery"');
  });
});
