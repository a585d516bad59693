import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StateMachineDefinition } from "aws-local-stepfunctions";
import type { Container } from "../aws/ecs/operations.ts";
import type { Launch } from "../aws/lambda/execution-environment.ts";
import type { Assembly } from "./cfn/assembly.ts";
import type { Resource } from "./cfn/graph.ts";
import { TemplateError } from "./cfn/intrinsics.ts";

/** Where a function's bundle lies on this machine. */
export function codeOf({ properties, path }: Resource, assembly: Assembly): Pick<Launch, "module" | "exportName"> {
  const { S3Key } = properties.Code as { S3Key?: string };
  const folder = assembly.files.get(S3Key ?? "");
  const runtime = String(properties.Runtime);
  if (!folder || !runtime.startsWith("nodejs")) {
    throw new TemplateError(
      `Function ${path} cannot be hosted: expected a bundled asset for Node, found ${runtime} from ${S3Key ?? "inline code"}.`,
    );
  }
  const [file = "index", exportName = "handler"] = String(properties.Handler).split(".");
  const module = ["mjs", "js", "cjs"]
    .map((extension) => join(folder, `${file}.${extension}`))
    .find((name) => existsSync(name));
  if (!module) throw new TemplateError(`Function ${path}: its asset has no ${file}.mjs or ${file}.js.`);
  return { module: pathToFileURL(module).href, exportName };
}

/** The load worker in the image's own build context: what Docker would copy into it. */
export function scriptOf(assembly: Assembly, { image }: Container): string {
  const context = assembly.images.get(image.split(":").at(-1) ?? "");
  const script = context && join(context, "dist/loadgen/worker.mjs");
  if (!script || !existsSync(script))
    throw new TemplateError(`The image ${image} has no load worker in its build context.`);
  return script;
}

/** A state machine's definition with its substitutions made. */
export function definitionOf(machine: Resource, assembly: Assembly): StateMachineDefinition {
  const { DefinitionS3Location, DefinitionString, DefinitionSubstitutions } = machine.properties as {
    DefinitionS3Location?: { Key: string };
    DefinitionString?: string;
    DefinitionSubstitutions?: Record<string, string>;
  };
  const text = DefinitionString ?? readFileSync(assembly.files.get(DefinitionS3Location?.Key ?? "") ?? "", "utf8");
  const replaced = text.replace(/\$\{(\w+)\}/g, (_match, name: string) => {
    const value = DefinitionSubstitutions?.[name];
    if (value === undefined)
      throw new TemplateError(`State machine ${machine.path}: nothing is substituted for \${${name}}.`);
    return value;
  });
  return JSON.parse(replaced) as StateMachineDefinition;
}
