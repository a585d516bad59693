import type { Template } from "../../stand-in/templates/cfn/assembly.ts";

/** Resources of a template: two published versions of a function, and an alias of the first. */
export const versioned = (
  FunctionName: unknown,
  alias: object = {},
): Pick<Template["Resources"], "First" | "Second" | "Live"> => ({
  First: { Type: "AWS::Lambda::Version", Properties: { FunctionName } },
  Second: { Type: "AWS::Lambda::Version", Properties: { FunctionName } },
  Live: {
    Type: "AWS::Lambda::Alias",
    Properties: { FunctionName, FunctionVersion: { "Fn::GetAtt": ["First", "Version"] }, Name: "live", ...alias },
  },
});
