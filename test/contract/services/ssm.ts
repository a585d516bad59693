import { GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { createSsm } from "../../../stand-in/aws/ssm/operations.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick } from "../contract.ts";

const Name = `/gameday/targets/${target.name}`;
const Value = JSON.stringify(target);

export const ssm = contracts<undefined>({
  of: "SSM",
  async inMoto(clients) {
    await clients.ssm.send(new PutParameterCommand({ Name, Value, Type: "String" }));
    return undefined;
  },
  async inStandIn() {
    const parameter = { Type: "AWS::SSM::Parameter", Properties: { Name, Value, Type: "String" } };
    const { resources } = graphOf({ Target: parameter });
    return { clients: { ssm: clientFor(createSsm(resources)) }, world: undefined };
  },
  contracts: {
    "a target's description": async ({ ssm: client }) => {
      const read = (name: string) => client.send(new GetParameterCommand({ Name: name }));
      return {
        parameter: pick((await read(Name)).Parameter, "Name", "Value", "Type"),
        ...(await errorsOf({ none: () => read("/gameday/targets/none"), part: () => read("/gameday/targets") })),
      };
    },
  },
});
