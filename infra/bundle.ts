import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { parse } from "yaml";

/**
 * Makes what Lambda and Fargate run, in `dist`: one esbuild call for all functions (20 take 21 ms; CDK's NodejsFunction
 * takes 8 s), one for the load worker; and what Elastic Beanstalk runs. `--table` prints the size of each.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");

const common: BuildOptions = {
  absWorkingDir: root,
  outdir: dist,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minify: true,
  legalComments: "none",
  // Dependencies in CommonJS call `require`, which a module does not have.
  banner: {
    js: 'import{createRequire as bannerCreateRequire}from"node:module";const require=bannerCreateRequire(import.meta.url);',
  },
};

/** Folders under `functions` whose files are served, and by what. */
const SERVED = { steps: "lambda", triggers: "lambda-trigger" };

/** A step exports an object; what Lambda calls is `handler`. So every step gets an entry that is not in any file. */
const servedEntries: Plugin = {
  name: "served-entries",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^served:/ }, ({ path }) => ({ path: path.slice("served:".length), namespace: "served" }));
    onLoad({ filter: /.*/, namespace: "served" }, ({ path }) => {
      const [folder, name = ""] = path.split("/");
      return {
        resolveDir: root,
        contents: `
        import { ${camelCase(name)} as served } from "./functions/${path}.ts";
        import { serve } from "./functions/runtime/${SERVED[folder as keyof typeof SERVED]}.ts";
        export const handler = serve(served);`,
      };
    });
  },
};

const steps = globSync("functions/steps/*.ts", { cwd: root }).map((file) => basename(file, ".ts"));
const triggers = globSync("functions/triggers/*.ts", { cwd: root }).map((file) => basename(file, ".ts"));
const handlers = globSync("examples/*/handlers/*/index.ts", { cwd: root });

const functionEntries = {
  ...Object.fromEntries(steps.map((name) => [`steps/${name}/index`, `served:steps/${name}`])),
  ...Object.fromEntries(triggers.map((name) => [`triggers/${name}/index`, `served:triggers/${name}`])),
  ...Object.fromEntries(handlers.map((file) => [handlerEntry(file), file])),
};

removeStale();
await bundle({
  ...common,
  entryPoints: functionEntries,
  plugins: [servedEntries],
  // Lambda's runtime has the SDK.
  external: ["@aws-sdk/*", "@smithy/*"],
});
const processEntries = {
  "loadgen/worker": "loadgen/worker.ts",
  "examples/records/front-end/main": "examples/records/handlers/front-end/main.ts",
};
await bundle({ ...common, entryPoints: processEntries });
copyDrills();
copyScripts();
copyDescriptions();

const sizes = sizesOf([...Object.keys(functionEntries), ...Object.keys(processEntries)]);
writeFileSync(join(dist, "bundles.json"), `${JSON.stringify(sizes, null, 2)}\n`);
if (process.argv.includes("--table")) console.table(sizes);

async function bundle(options: BuildOptions): Promise<void> {
  // esbuild has printed what is wrong.
  await build(options).catch(() => process.exit(1));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `examples/orders/handlers/create-order/index.ts` becomes `examples/orders/create-order/index.mjs`. */
function handlerEntry(file: string): string {
  return file.replace("/handlers/", "/").replace(/\.ts$/, "");
}

/** Takes away what earlier bundling left of entries and scripts that are no more. */
function removeStale(): void {
  rmSync(join(dist, "loadgen"), { recursive: true, force: true });
  for (const file of globSync("{steps,triggers,examples}/**/index.mjs", { cwd: dist })) {
    const entry = file.replace(/\.mjs$/, "");
    if (!(entry in functionEntries)) rmSync(join(dist, dirname(entry)), { recursive: true, force: true });
  }
}

/** The step Plan reads the shipped drills beside its code, as JSON: a YAML parser would be a quarter of its bundle. */
function copyDrills(): void {
  if (!steps.includes("plan")) return;
  const drills = join(dist, "steps/plan/drills");
  rmSync(drills, { recursive: true, force: true });
  mkdirSync(drills);
  for (const file of globSync("workflows/drills/*.yaml", { cwd: root })) {
    const drill: unknown = parse(readFileSync(join(root, file), "utf8"));
    writeFileSync(join(drills, `${basename(file, ".yaml")}.json`), JSON.stringify(drill));
  }
}

/** The load worker reads k6's scripts beside its code. */
function copyScripts(): void {
  const scripts = globSync("loadgen/scripts/*.{js,ts}", { cwd: root });
  mkdirSync(join(dist, "loadgen/scripts"));
  for (const file of scripts) copyFileSync(join(root, file), join(dist, file));
}

/** What tells Elastic Beanstalk how to start the front end, beside its code. */
function copyDescriptions(): void {
  for (const file of ["package.json", "Procfile"]) {
    copyFileSync(
      join(root, "examples/records/handlers/front-end", file),
      join(dist, "examples/records/front-end", file),
    );
  }
}

/** Bytes of each bundle. */
function sizesOf(entries: string[]): Record<string, number> {
  return Object.fromEntries(
    entries.toSorted().map((entry) => [entry.replace(/\/index$/, ""), statSync(join(dist, `${entry}.mjs`)).size]),
  );
}
