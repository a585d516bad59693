import { existsSync } from "node:fs";
import { digest } from "./digest.mjs";
import { projectNode, projectRoot } from "./project.mjs";
import { run } from "./run.mjs";

/** The CloudFormation templates, in `cdk.out`. */
export const templates = {
  name: "templates",
  stamp: `${projectRoot}/.gameday/setup/templates`,
  digest: () =>
    digest(projectRoot, ["examples", "infra", "workflows", "dist", "loadgen", "cdk.json", "package-lock.json"]),
  ready: () => existsSync(`${projectRoot}/cdk.out/manifest.json`),
  run: ({ progress, stop }) =>
    progress("synthesising the templates (about 8 s)", () =>
      run(projectNode, ["node_modules/.bin/cdk", "synth", "--quiet"], {
        cwd: projectRoot,
        env: withoutAws(process.env),
        stop,
      }),
    ),
};

/** With credentials at hand the CDK would ask AWS for the account; a rehearsal has none and asks nobody. */
function withoutAws(environment) {
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS|CDK)_/.test(name))),
    // `node infra/app.ts` in cdk.json means the project's Node.
    PATH: `${projectRoot}/node_modules/.bin:${environment.PATH}`,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    CDK_DISABLE_CLI_TELEMETRY: "1",
  };
}
