import {
  CreateAliasCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { lambdaVersion } from "../../../functions/changes/lambda-version.ts";
import { tagsOf } from "../../../functions/changes/resource-tags.ts";
import { createLambda } from "../../../stand-in/aws/lambda/operations.ts";
import { tagOperations } from "../../../stand-in/aws/lambda/service.ts";
import { createVersioning } from "../../../stand-in/aws/lambda/versions.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { versioned } from "../../stand-in/versioned.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick } from "../contract.ts";
import { storyOf } from "../story.ts";
import { functionInMoto, standInFunction } from "./lambda.ts";

const FunctionName = target.functions.checkout!;
const Name = "live";
const withAlias = { ...target, aliases: { live: { functionName: FunctionName, alias: Name } } };
const alias = { FunctionName, Name };

export const lambdaVersions = contracts<undefined>({
  of: "Lambda's versions and aliases",
  async inMoto(clients, moto) {
    await functionInMoto(clients, moto);
    const { Version: FunctionVersion } = await clients.lambda.send(new PublishVersionCommand({ FunctionName }));
    await clients.lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion }));
    return undefined;
  },
  async inStandIn() {
    const graph = graphOf({ Checkout: standInFunction, ...versioned({ Ref: "Checkout" }) });
    const plane = createLambda({
      resources: graph.ofType("AWS::Lambda::Function"),
      updateMs: 0,
      takeEffect: async () => {},
    });
    const operations = {
      ...plane.operations,
      ...createVersioning(graph, plane).operations,
      ...tagOperations(plane.functions, new Map()),
    };
    return { clients: { lambda: clientFor({ operations }) }, world: undefined };
  },
  contracts: {
    "an alias": async ({ lambda: client }) =>
      pick(await client.send(new GetAliasCommand(alias)), "AliasArn", "Name", "FunctionVersion", "RoutingConfig"),
    "an alias that is moved": async ({ lambda: client }) => {
      const moved = await client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: "$LATEST" }));
      const { FunctionVersion, RevisionId } = await client.send(new GetAliasCommand(alias));
      return [pick(moved, "AliasArn", "Name", "FunctionVersion"), FunctionVersion, RevisionId === moved.RevisionId];
    },
    "a version's own configuration": async ({ lambda: client }) => {
      const of = async (Qualifier: string) =>
        pick(
          await client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier })),
          ...(["FunctionName", "FunctionArn", "Version", "Environment", "State"] as const),
        );
      return [await of("1"), await of("$LATEST")];
    },
    "the fault lambda-version": (clients) =>
      storyOf(
        lambdaVersion,
        { alias: "live", version: "$LATEST" },
        { clients, target: withAlias },
        async () => (await clients.lambda.send(new GetAliasCommand(alias))).FunctionVersion,
      ),
    "an alias's tags, which are its function's": (clients) =>
      tagsOf({ field: "alias", name: "live" }, withAlias, clients),
    "what is not there": async ({ lambda: client }) =>
      errorsOf({
        alias: () => client.send(new GetAliasCommand({ ...alias, Name: "none" })),
        "alias to move": () => client.send(new UpdateAliasCommand({ ...alias, Name: "none", FunctionVersion: "1" })),
        "alias of no function": () => client.send(new GetAliasCommand({ ...alias, FunctionName: "none" })),
        version: () => client.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier: "9" })),
        "version to move to": () => client.send(new UpdateAliasCommand({ ...alias, FunctionVersion: "9" })),
      }),
  },
});
