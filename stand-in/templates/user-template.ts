import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { PARAMETERS, TAGS } from "../../workflows/names.ts";
import { type Assembly, readAssets, type Template, type TemplateResource } from "./cfn/assembly.ts";
import { TemplateError } from "./cfn/intrinsics.ts";
import { cloudFormationTags } from "./cfn/yaml-tags.ts";
import { type Expanded, expandServerless, isServerless } from "./sam/expand.ts";

/**
 * A system that nobody has described as a target: its template, as `cdk synth` left it or as CloudFormation would get it, with
 * the tags and the description that {@link file://./../../infra/target/game-day-target.ts GameDayTarget} would give it. Every
 * function for Node may be changed, and every alias of one moved, under its logical id in lower case. Functions that cannot be hosted are left out, which
 * the rehearsal says by name. Throws {@link TemplateError} for what is no template or has no front door.
 */
export function readUserTemplate(file: string, target: string): Pick<Assembly, "stacks" | "files"> {
  const { template, files } = writtenOut(readTemplate(file), file);
  const hosted: [string, TemplateResource][] = [];
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    if (resource.Type !== "AWS::Lambda::Function") continue;
    if (isHosted(logicalId, resource, files)) hosted.push([logicalId, resource]);
    // Its type tells why: the rehearsal lists types that it does not host.
    else resource.Type = `AWS::Lambda::Function (${runtimeOf(resource)})`;
  }
  if (hosted.length === 0) throw new TemplateError(`${file} has no function for Node that can be hosted.`);
  const ofHosted = (resource: TemplateResource) => hosted.some(([id]) => id === functionIdOf(resource));
  for (const resource of Object.values(template.Resources)) {
    if (RELEASES.includes(resource.Type) && !ofHosted(resource)) resource.Type += " (of a function that is not hosted)";
  }
  for (const [, resource] of hosted) tag(resource, target);
  template.Resources.GameDayTargetDescription = {
    Type: "AWS::SSM::Parameter",
    Properties: {
      Name: PARAMETERS.targets.of(target),
      Type: "String",
      Tier: "Intelligent-Tiering",
      Value: described(template, hosted, file, target),
    },
  };
  return { stacks: [{ name: basename(file).split(".")[0] ?? target, template, foreign: true }], files };
}

function readTemplate(file: string): Template {
  let template: Template | null;
  try {
    template = parse(readFileSync(file, "utf8"), { customTags: cloudFormationTags }) as Template | null;
  } catch (error) {
    throw new TemplateError(`Expected a template of CloudFormation in ${file}: ${(error as Error).message}`);
  }
  if (typeof template?.Resources === "object" && template.Resources !== null) return template;
  throw new TemplateError(`Expected a template of CloudFormation in ${file}; found no Resources in it.`);
}

/** With the short forms of SAM written out, and with what lies beside it: the assets of CDK, the folders of SAM. */
function writtenOut(template: Template, file: string): Expanded {
  if (isServerless(template)) return expandServerless(template, dirname(file));
  const manifest = file.replace(/\.template\.json$/, ".assets.json");
  return { template, files: new Map(manifest !== file && existsSync(manifest) ? readAssets(manifest).files : []) };
}

const runtimeOf = ({ Properties }: TemplateResource) => String(Properties?.Runtime ?? "an image");

/** Of an asset that lies beside the template, or written in the template itself. */
function isHosted(logicalId: string, resource: TemplateResource, files: Map<string, string>): boolean {
  if (!runtimeOf(resource).startsWith("nodejs")) return false;
  const code = resource.Properties?.Code as { S3Key?: string; ZipFile?: string } | undefined;
  if (code?.ZipFile === undefined) return files.has(code?.S3Key ?? "");
  // Lambda calls the file of inline code index.js, whatever is in it.
  const key = `inline/${logicalId}`;
  files.set(key, written(code.ZipFile));
  resource.Properties = { ...resource.Properties, Code: { S3Key: key } };
  return true;
}

function written(code: string): string {
  const temporary = mkdtempSync(join(tmpdir(), "gameday-inline-"));
  // It is read for as long as anything of this process may call the function.
  process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));
  const folder = join(temporary, "code");
  mkdirSync(folder);
  writeFileSync(join(folder, "index.cjs"), code);
  return folder;
}

const RELEASES = ["AWS::Lambda::Version", "AWS::Lambda::Alias"];

/** The logical id of the function that a version or an alias is of; undefined where it is named in another way. */
function functionIdOf({ Properties }: TemplateResource): string | undefined {
  const named = Properties?.FunctionName as { Ref?: string; "Fn::GetAtt"?: string | string[] } | undefined;
  return named?.Ref ?? [named?.["Fn::GetAtt"] ?? []].flat()[0]?.split(".")[0];
}

function tag(resource: TemplateResource, target: string): void {
  const tags = (resource.Properties?.Tags ?? []) as { Key: string; Value: string }[];
  resource.Properties = {
    ...resource.Properties,
    Tags: [...tags.filter(({ Key }) => Key !== TAGS.target), { Key: TAGS.target, Value: target }],
  };
}

/** The description as text with references in it, as CDK would write it. */
function described(
  { Resources }: Template,
  hosted: readonly [string, TemplateResource][],
  file: string,
  target: string,
): unknown {
  const ofType = (...types: string[]) =>
    Object.entries(Resources).flatMap(([id, { Type }]) => (types.includes(Type) ? [id] : []));
  const text = JSON.stringify({
    name: target,
    url: frontDoor(Resources, ofType, file),
    functions: nameEach(
      hosted.map(([id]) => id),
      (id) => `\${${id}}`,
    ),
    aliases: aliasesOf(Resources, ofType("AWS::Lambda::Alias")),
    alarms: ofType("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm").map((id) => `\${${id}}`),
  });
  return { "Fn::Sub": text };
}

/** Two whose names would be the same keep their logical ids. */
function nameEach<T>(ids: readonly string[], describe: (id: string) => T): Record<string, T> {
  const short = ids.map(kebab);
  const isOwn = (name: string) => short.indexOf(name) === short.lastIndexOf(name);
  return Object.fromEntries(ids.map((id, index) => [isOwn(short[index]!) ? short[index]! : id, describe(id)]));
}

/** Aliases whose own names are written out. */
const aliasesOf = (resources: Template["Resources"], ids: readonly string[]) =>
  nameEach(
    ids.filter((id) => typeof resources[id]?.Properties?.Name === "string"),
    (id) => ({ functionName: `\${${functionIdOf(resources[id]!)}}`, alias: resources[id]!.Properties!.Name }),
  );

/** The first HTTP API, or the first REST API with its stage. */
function frontDoor(resources: Template["Resources"], ofType: (type: string) => string[], file: string): string {
  const [http] = ofType("AWS::ApiGatewayV2::Api");
  if (http !== undefined) return `\${${http}.ApiEndpoint}`;
  const [rest] = ofType("AWS::ApiGateway::RestApi");
  const [stage] = ofType("AWS::ApiGateway::Stage");
  if (rest === undefined || stage === undefined) {
    throw new TemplateError(`${file} has no front door: expected an HTTP API, or a REST API with a stage.`);
  }
  return `https://\${${rest}}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/${resources[stage]?.Properties?.StageName}`;
}

/** `CreateOrderE2906A56` → `create-order`: CDK ends logical ids in eight digits of a hash. */
const kebab = (logicalId: string) =>
  logicalId
    .replace(/(?<=.)[0-9A-F]{8}$/, "")
    .replace(/([a-z])([A-Z0-9])/g, "$1-$2")
    .replace(/([0-9])([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
