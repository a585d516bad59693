import { describe, expect, test } from "vitest";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { preflight } from "../../../functions/steps/preflight.ts";
import type { Plan } from "../../../workflows/state.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { runtimeFor } from "../runtime-for.ts";

const plan = samplePlan();
const [fault] = plan.faults as [Plan["faults"][0]];
const byFis: Plan = {
  ...plan,
  faults: [{ ...fault, spec: { kind: "fis-lambda-delay", function: "checkout", percentage: 33, delayMs: 250 } }],
};
const EXTENSION = {
  Layers: [{ Arn: "arn:aws:lambda:local:1:layer:aws-fis-extension-arm64:9" }],
  Environment: {
    Variables: {
      AWS_FIS_CONFIGURATION_LOCATION: "arn:aws:s3:::experiments/FisConfigs/",
      AWS_LAMBDA_EXEC_WRAPPER: "/opt/aws-fis/bootstrap",
    },
  },
};

interface Found {
  configuration?: object;
  tags?: Record<string, string>;
  alarm?: string | undefined;
}

/** What Preflight says of a target whose function and alarm are so: nothing, or its list. */
async function saidOf(planned: Plan, found: Found = {}): Promise<string> {
  const { configuration = {}, tags = { "gameday:target": "shop" } } = found;
  const alarm = "alarm" in found ? found.alarm : "OK";
  const { runtime } = runtimeFor({ documents: {} as Clients["documents"] });
  const answers: Record<string, (input: { FunctionName: string }) => object> = {
    GetFunctionConfigurationCommand: ({ FunctionName }) => ({
      FunctionName,
      FunctionArn: `arn:${FunctionName}`,
      State: "Active",
      LastUpdateStatus: "Successful",
      ...configuration,
    }),
    ListTagsCommand: () => ({ Tags: tags }),
    DescribeAlarmsCommand: () => ({
      MetricAlarms: alarm ? [{ AlarmName: plan.target.alarms[0], StateValue: alarm, StateReason: "seen" }] : [],
    }),
  };
  const client = {
    send: async (command: { input: never }) => answers[command.constructor.name]!(command.input),
  } as never;
  const clients = { ...runtime.clients, lambda: client, cloudwatch: client };
  return preflight.call({ plan: planned }, { ...runtime, clients }).then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

describe("Preflight", () => {
  test("has nothing to say of a target that is as it should be", async () => {
    expect(await saidOf(plan)).toBe("nothing");
  });

  test("names everything that is not, in one list", async () => {
    const said = await saidOf(plan, {
      configuration: { State: "Inactive", LastUpdateStatus: "InProgress" },
      tags: { "gameday:target": "bank" },
      alarm: undefined,
    });
    expect(said).toContain("has gameday:target=bank, but only one tagged gameday:target=shop may be touched");
    expect(said).toContain("is Inactive, not Active");
    expect(said).toContain("is InProgress, not Successful");
    expect(said).toContain(`alarm ${plan.target.alarms[0]} does not exist`);
  });

  test("asks for the extension where FIS is to inject something, and nowhere else", async () => {
    expect(await saidOf(byFis, { configuration: EXTENSION })).toBe("nothing");
    const said = await saidOf(byFis);
    expect(said).toContain(`function ${plan.target.functions.checkout} has no FIS extension`);
    expect(said).toContain("set it to arn:aws:s3:::experiments/FisConfigs/");
    expect(said).toContain("set it to /opt/aws-fis/bootstrap");
  });

  test("says that FIS would not begin with a stop condition in ALARM", async () => {
    const guarded = { ...byFis, guard: { alarms: [...plan.target.alarms] } };
    const found = { configuration: EXTENSION, alarm: "ALARM" };
    expect(await saidOf(guarded, found)).toContain("FIS starts no experiment with it as a stop condition");
    const said = await saidOf(byFis, found);
    expect(said).toContain(`alarm ${plan.target.alarms[0]} is already in ALARM: seen`);
    expect(said).not.toContain("FIS starts");
  });
});
