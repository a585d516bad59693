import { allow, type Grant, type Resources, wildcard } from "./grant.ts";

const arnsOf = ({ stack, ephemeral }: Resources) =>
  ephemeral.map(({ stackName }) =>
    stack.formatArn({ service: "cloudformation", resource: "stack", resourceName: `${stackName}/*` }),
  );

const grant = (...actions: string[]): Grant => ({
  statements: (resources) => (resources.ephemeral.length === 0 ? [] : [allow(actions, arnsOf(resources))]),
  wildcards: ({ ephemeral }) =>
    Object.assign(
      {},
      ...ephemeral.map(({ stackName }) =>
        wildcard("cloudformation", `stack/${stackName}/*`, "CloudFormation ends a stack's ARN in an id of its own.")(),
      ),
    ),
});

export const findStacks = grant("cloudformation:DescribeStacks");
/** With the reason why something of it could not be made or deleted. */
export const readStacks = grant("cloudformation:DescribeStacks", "cloudformation:DescribeStackEvents");
export const takeDownStacks = grant(
  "cloudformation:DescribeStacks",
  "cloudformation:DescribeStackEvents",
  "cloudformation:DeleteStack",
);

/** Each by its own template and the role of CDK's bootstrap alone, which is passed to nobody but CloudFormation. */
export const bringUpStacks: Grant = {
  statements: (resources) => [
    ...readStacks.statements(resources),
    ...resources.ephemeral.flatMap(({ templateUrl, templateArn, roleArn }, index) => [
      allow(["cloudformation:CreateStack"], [arnsOf(resources)[index]!], {
        StringEquals: { "cloudformation:TemplateUrl": templateUrl, "cloudformation:RoleArn": roleArn },
      }),
      allow(["iam:PassRole"], [roleArn], { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } }),
      // CloudFormation reads the template as its caller.
      allow(["s3:GetObject"], [templateArn]),
    ]),
  ],
  wildcards: (resources) => readStacks.wildcards?.(resources) ?? {},
};
