import type { FisClient } from "@aws-sdk/client-fis";
import type { AlarmState } from "../../../../stand-in/aws/cloudwatch/alarms.ts";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { FisExtensions } from "../../../../stand-in/aws/fis/extension.ts";
import { createFis, type FisState, type KeptExperiments } from "../../../../stand-in/aws/fis/operations.ts";
import { createLambda } from "../../../../stand-in/aws/lambda/operations.ts";
import { Buckets } from "../../../../stand-in/aws/s3/operations.ts";
import { createIdentities } from "../../../../stand-in/iam/identities.ts";
import { target } from "../../../workflows/sample.ts";
import { graphOf } from "../../templates.ts";

const LOCATION = "arn:aws:s3:::experiments/FisConfigs/";
const allow = (Action: string[], Resource: string) => ({ Effect: "Allow", Action, Resource });
const role = (...Statement: object[]) => ({
  Type: "AWS::IAM::Role",
  Properties: { Policies: [{ PolicyDocument: { Statement } }] },
});

/** Everything as FIS wants it. */
export const READY = {
  layers: ["arn:aws:lambda:local:1:layer:aws-fis-extension-arm64:9"],
  variables: { AWS_FIS_CONFIGURATION_LOCATION: LOCATION, AWS_LAMBDA_EXEC_WRAPPER: "/opt/aws-fis/bootstrap" } as Record<
    string,
    string
  >,
  mayWrite: true,
  mayDelete: true,
  mayRead: true,
};
export const PACE_MS = 1000;

/** What is kept beyond one process, without a file. */
export function keptInMemory(): KeptExperiments {
  let state: FisState | undefined;
  return {
    read: () => state && structuredClone(state),
    write: (now) => {
      state = structuredClone(now);
    },
  };
}

/** The stand-in's FIS with one function of the sample target, its extension, and the roles between them. */
export function fisWorld({
  kept,
  paceMs = PACE_MS,
  ...change
}: Partial<typeof READY> & { kept?: KeptExperiments; paceMs?: number } = {}) {
  const { layers, variables, mayWrite, mayDelete, mayRead } = { ...READY, ...change };
  const graph = graphOf({
    Experiments: role(
      allow(["tag:GetResources", "lambda:GetFunction"], "*"),
      ...(mayWrite ? [allow(["s3:PutObject"], `${LOCATION}*`)] : []),
      ...(mayDelete ? [allow(["s3:DeleteObject"], `${LOCATION}*`)] : []),
    ),
    Own: role(...(mayRead ? [allow(["s3:ListBucket", "s3:GetObject"], "arn:aws:s3:::experiments*")] : [])),
    Checkout: {
      Type: "AWS::Lambda::Function",
      Properties: {
        FunctionName: target.functions.checkout,
        Role: { "Fn::GetAtt": ["Own", "Arn"] },
        Layers: layers,
        Environment: { Variables: variables },
      },
    },
  });
  const identities = createIdentities(graph);
  const buckets = new Buckets(["experiments"]);
  const lambda = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    updateMs: 0,
    takeEffect: async () => {},
  });
  const alarms = new Map<string, AlarmState>();
  const fis = createFis({
    identities,
    buckets,
    functions: lambda.functions,
    paceMs,
    alarmState: (alarmArn) => alarms.get(alarmArn),
    ...(kept ? { kept } : {}),
  });
  const record = [...lambda.functions.values()][0]!;
  const metrics = new Metrics(Date.now);
  const extensions = new FisExtensions({ identities, buckets, metrics });
  const names: string[] = [];
  /** Is called before and after each call with its name; what it throws is what the caller hears. */
  const onCall = { before: (_name: string): void => {}, after: (_name: string): void => {} };
  const client = {
    send: async (command: { input: never }) => {
      const name = command.constructor.name.replace(/Command$/, "");
      onCall.before(name);
      names.push(name);
      const played = fis.operations[name]!;
      played.needs(command.input);
      const output = await played.run(command.input);
      onCall.after(name);
      return output;
    },
  } as unknown as Pick<FisClient, "send">;
  return {
    fis,
    client,
    lambda,
    metrics,
    buckets,
    alarms,
    names,
    onCall,
    functionArn: record.arn,
    roleArn: graph.ofType("AWS::IAM::Role")[0]!.arn!,
    injections: () => extensions.injectionsOf(record),
  };
}
