import {
  CreateFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { lambdaOutage, lambdaThrottle } from "../../../functions/changes/lambda-concurrency.ts";
import { lambdaEnv } from "../../../functions/changes/lambda-env.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { createLambda } from "../../../stand-in/aws/lambda/operations.ts";
import { tagOperations } from "../../../stand-in/aws/lambda/service.ts";
import { arn } from "../../../stand-in/templates/cfn/naming.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick, until } from "../contract.ts";
import type { RealClients } from "../moto/clients.ts";
import { createRole, type Moto } from "../moto/server.ts";
import { storyOf } from "../story.ts";

const FunctionName = target.functions.checkout!;
const Role = arn("iam", "role/checkout", true);
const Variables = { TABLE_NAME: "orders", RATE: "0" };
const Tags = { "gameday:target": target.name };
/** An empty zip archive. */
const CODE = Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64");

/** The function that {@link standInFunction} has, in moto. Returns its ARN. */
export async function functionInMoto({ lambda: client }: RealClients, moto: Moto): Promise<string> {
  const { FunctionArn } = await client.send(
    new CreateFunctionCommand({
      FunctionName,
      Tags,
      Timeout: 29,
      Environment: { Variables },
      Role: await createRole(moto, "checkout"),
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: CODE },
    }),
  );
  return FunctionArn!;
}

export const standInFunction = {
  Type: "AWS::Lambda::Function",
  Properties: {
    FunctionName,
    Role,
    Timeout: 29,
    Environment: { Variables },
    Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })),
  },
};

const read = ({ lambda: client }: Clients) => client.send(new GetFunctionConfigurationCommand({ FunctionName }));
const reservedBy = ({ lambda: client }: Clients) => client.send(new GetFunctionConcurrencyCommand({ FunctionName }));

export const lambda = contracts<{ functionArn: string }>({
  of: "Lambda",
  inMoto: async (clients, moto) => ({ functionArn: await functionInMoto(clients, moto) }),
  async inStandIn() {
    const graph = graphOf({ Checkout: standInFunction });
    const plane = createLambda({
      resources: graph.resources,
      updateMs: 0,
      takeEffect: async () => {},
    });
    return {
      clients: {
        lambda: clientFor({ operations: { ...plane.operations, ...tagOperations(plane.functions, new Map()) } }),
      },
      world: { functionArn: graph.resources[0]!.arn! },
    };
  },
  contracts: {
    "a function's configuration and its tags": async (clients, { functionArn }) => ({
      byName: pick(
        await read(clients),
        ...(["FunctionName", "FunctionArn", "Role", "Timeout", "Environment", "State", "LastUpdateStatus"] as const),
      ),
      byArn: pick(
        await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionArn })),
        "FunctionName",
      ),
      tags: (await clients.lambda.send(new ListTagsCommand({ Resource: functionArn }))).Tags,
    }),
    "an update replaces all variables": async (clients) => {
      const variables = async (next: Record<string, string>) => {
        const environment = { Variables: next };
        await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: environment }));
        const done = await until(
          () => read(clients),
          ({ LastUpdateStatus }) => LastUpdateStatus === "Successful",
        );
        return { ...done.Environment?.Variables };
      };
      return [await variables({ RATE: "1", NEW: "" }), await variables({}), await variables({ TABLE_NAME: "orders" })];
    },
    "the fault lambda-env": (clients) =>
      storyOf(
        lambdaEnv,
        { function: "checkout", set: { RATE: "1", SLOW_MS: "250" } },
        { clients, target },
        async () => (await read(clients)).Environment,
      ),
    "the faults lambda-outage and lambda-throttle": async (clients) => {
      const reserved = async () => pick(await reservedBy(clients), "ReservedConcurrentExecutions");
      const outage = { kind: "lambda-outage", function: "checkout" } as const;
      const throttle = { kind: "lambda-throttle", function: "checkout", concurrency: 2 } as const;
      const fromNone = await storyOf(lambdaOutage, outage, { clients, target }, reserved);
      await clients.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 7 }));
      const fromSeven = await storyOf(lambdaThrottle, throttle, { clients, target }, reserved);
      await clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
      return { fromNone, fromSeven, deleted: await reserved() };
    },
    "what is not there, or not to be had": async ({ lambda: client }, { functionArn }) => {
      const none = { FunctionName: "none" };
      return errorsOf({
        configuration: () => client.send(new GetFunctionConfigurationCommand(none)),
        update: () => client.send(new UpdateFunctionConfigurationCommand({ ...none, Environment: { Variables: {} } })),
        concurrency: () => client.send(new GetFunctionConcurrencyCommand(none)),
        "concurrency to put": () =>
          client.send(new PutFunctionConcurrencyCommand({ ...none, ReservedConcurrentExecutions: 1 })),
        "concurrency to delete": () => client.send(new DeleteFunctionConcurrencyCommand(none)),
        tags: () =>
          client.send(new ListTagsCommand({ Resource: functionArn.replace(/:function:.*/, ":function:none") })),
        "all of the account's concurrency that is to be had": () =>
          client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 900 })),
        "one more": () =>
          client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 901 })),
      });
    },
  },
});
