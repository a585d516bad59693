import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readAssembly } from "../../../../stand-in/templates/cfn/assembly.ts";
import { assembly } from "../../templates.ts";

const root = mkdtempSync(join(tmpdir(), "gameday-assembly-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(path: string, content: object) {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}
const stack = (templateFile: string) => ({ type: "aws:cloudformation:stack", properties: { templateFile } });

describe("what cdk synth left", () => {
  test("is read with its templates and where their assets lie, stages included", () => {
    write("app/manifest.json", {
      artifacts: {
        Tree: { type: "cdk:tree" },
        Orders: stack("Orders.template.json"),
        "Orders.assets": { type: "cdk:asset-manifest", properties: { file: "Orders.assets.json" } },
        "assembly-Test": { type: "cdk:cloud-assembly", properties: { directoryName: "assembly-Test" } },
      },
    });
    write("app/Orders.template.json", { Resources: {} });
    write("app/Orders.assets.json", {
      files: { a: { source: { path: "asset.a" }, destinations: { current: { objectKey: "a.zip" } } } },
      dockerImages: { b: { source: { directory: "asset.b" }, destinations: { current: { imageTag: "b" } } } },
    });
    write("app/assembly-Test/manifest.json", { artifacts: { "Test-Orders": stack("Test.template.json") } });
    write("app/assembly-Test/Test.template.json", { Resources: { Table: { Type: "AWS::DynamoDB::Table" } } });

    const read = readAssembly(join(root, "app"));
    expect(read.stacks.map(({ name, template }) => [name, Object.keys(template.Resources)])).toEqual([
      ["Orders", []],
      ["Test-Orders", ["Table"]],
    ]);
    expect(read.files.get("a.zip")).toBe(join(root, "app/asset.a"));
    expect(read.images.get("b")).toBe(join(root, "app/asset.b"));
  });

  test("is not there: it says where it looked and what to do", () => {
    expect(() => readAssembly(join(root, "nowhere"))).toThrow(/Expected a synthesised app in .*nowhere; found none/);
  });

  test("of this project is its stacks and a bundle for every function", () => {
    const { stacks, files } = assembly();
    expect(stacks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["GameDay", "Notifications", "NotificationsFlowControl", "Orders"]),
    );
    const keys = stacks.flatMap(({ template }) =>
      Object.values(template.Resources)
        .filter(({ Type }) => Type === "AWS::Lambda::Function")
        .map(({ Properties }) => (Properties!.Code as { S3Key: string }).S3Key),
    );
    expect(keys.filter((key) => !files.has(key))).toEqual([]);
  });
});
