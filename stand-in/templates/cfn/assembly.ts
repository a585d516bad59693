import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";

/** One resource of a template, as CloudFormation would get it. */
export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
  Condition?: string;
}

export interface Template {
  Resources: Record<string, TemplateResource>;
  Parameters?: Record<string, { Type?: string; Default?: unknown }>;
  Conditions?: Record<string, unknown>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
}

export interface StackTemplate {
  readonly name: string;
  readonly template: Template;
  /**
   * Somebody else's: a reference to what is not hosted gives a name that says so. Default: it is an error, since nothing that
   * gameday ships refers to such a resource.
   */
  readonly foreign?: boolean;
}

/** What `cdk synth` left in `cdk.out`: the templates, and where their assets lie. */
export interface Assembly {
  readonly stacks: StackTemplate[];
  /** Key in the assets bucket → file or folder on this machine. */
  readonly files: ReadonlyMap<string, string>;
  /** Tag of an image in the assets repository → its build context on this machine. */
  readonly images: ReadonlyMap<string, string>;
}

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const Destinations = z.record(
  z.string(),
  z.object({ objectKey: z.string().optional(), imageTag: z.string().optional() }),
);
const Assets = z.object({
  files: z.record(z.string(), z.object({ source: z.object({ path: z.string() }), destinations: Destinations })),
  dockerImages: z
    .record(z.string(), z.object({ source: z.object({ directory: z.string() }), destinations: Destinations }))
    .default({}),
});

/** Reads a cloud assembly, those nested in it by stages included. Throws when there is none. */
export function readAssembly(folder: string): Assembly {
  if (!existsSync(join(folder, "manifest.json"))) {
    throw new Error(`Expected a synthesised app in ${folder}; found none. Run \`npm run synth\` first.`);
  }
  const stacks: StackTemplate[] = [];
  const files = new Map<string, string>();
  const images = new Map<string, string>();
  const read = (inner: string) => {
    const { artifacts } = Manifest.parse(readJson(join(inner, "manifest.json")));
    for (const [name, { type, properties }] of Object.entries(artifacts)) {
      if (type === "aws:cloudformation:stack") {
        const template = readJson(join(inner, String(properties?.templateFile))) as Template;
        // CDK writes a stack's name down only where it is not the artifact's own.
        stacks.push({ name: String(properties?.stackName ?? name), template });
      } else if (type === "cdk:asset-manifest") {
        const assets = readAssets(join(inner, String(properties?.file)));
        for (const [key, path] of assets.files) files.set(key, path);
        for (const [tag, path] of assets.images) images.set(tag, path);
      } else if (type === "cdk:cloud-assembly") {
        read(join(inner, String(properties?.directoryName)));
      }
    }
  };
  read(folder);
  return { stacks, files, images };
}

/** An asset manifest of CDK: where the files and folders lie that its stack's template refers to by their keys. */
export function readAssets(manifest: string): Pick<Assembly, "files" | "images"> {
  const assets = Assets.parse(readJson(manifest));
  const files = new Map<string, string>();
  const images = new Map<string, string>();
  for (const { source, destinations } of Object.values(assets.files)) {
    for (const { objectKey } of Object.values(destinations)) {
      if (objectKey) files.set(objectKey, join(dirname(manifest), source.path));
    }
  }
  for (const { source, destinations } of Object.values(assets.dockerImages)) {
    for (const { imageTag } of Object.values(destinations)) {
      if (imageTag) images.set(imageTag, join(dirname(manifest), source.directory));
    }
  }
  return { files, images };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
