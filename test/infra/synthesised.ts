import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { NotificationsStack } from "../../examples/notifications/stack.ts";
import { OrdersStack } from "../../examples/orders/stack.ts";
import { environmentNamed } from "../../infra/environments.ts";
import { GameDayStack } from "../../infra/game-day-stack.ts";
import type { Start } from "../../infra/starts.ts";

/** A resource of a template, and where its construct stands. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  /** Such as `GameDay/InjectFault/Function/Resource`. */
  readonly path: string;
  // Templates are free-form: tests look into what they need.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly properties: any;
}

export interface RawTemplate {
  Resources: Record<string, { Type: string; Properties?: object; Metadata?: Record<string, string> }>;
}

/**
 * The stacks as `infra/app.ts` makes them, checked by cdk-nag: synthesis throws when a finding is left that nobody
 * acknowledged. The bundles in `dist` have to be there.
 */
export function synthesised(starts: readonly Start[] = []): {
  gameDay: TemplateResource[];
  orders: TemplateResource[];
  ordersReleases: TemplateResource[];
  notifications: TemplateResource[];
  flowControl: TemplateResource[];
} {
  const outdir = mkdtempSync(join(tmpdir(), "gameday-synth-"));
  try {
    const app = new App({
      outdir,
      analyticsReporting: false,
      context: {
        "aws:cdk:bundling-stacks": [],
        // The command line sets this one.
        "aws:cdk:enable-path-metadata": true,
        "@aws-cdk/aws-iam:minimizePolicies": true,
        "@aws-cdk/aws-lambda:useCdkManagedLogGroup": false,
      },
    });
    new GameDayStack(app, "GameDay", { starts });
    new OrdersStack(app, "Orders", { environment: environmentNamed() });
    new OrdersStack(app, "OrdersReleases", { environment: environmentNamed(), releases: true });
    new NotificationsStack(app, "Notifications", { flowControl: false, environment: environmentNamed() });
    new NotificationsStack(app, "NotificationsFlowControl", {
      flowControl: true,
      environment: environmentNamed(),
    });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const assembly = app.synth();
    const template = (name: string) => resourcesOf(assembly.getStackByName(name).template as RawTemplate);
    return {
      gameDay: template("GameDay"),
      orders: template("Orders"),
      ordersReleases: template("OrdersReleases"),
      notifications: template("Notifications"),
      flowControl: template("NotificationsFlowControl"),
    };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export const resourcesOf = ({ Resources }: RawTemplate): TemplateResource[] =>
  Object.entries(Resources).map(([logicalId, { Type, Properties = {}, Metadata }]) => ({
    logicalId,
    type: Type,
    path: Metadata?.["aws:cdk:path"] ?? logicalId,
    properties: Properties,
  }));

export const ofType = (resources: readonly TemplateResource[], type: string): TemplateResource[] =>
  resources.filter((resource) => resource.type === type);

/** The construct of a step or machine: `InjectFault` of `GameDay/InjectFault/Function/Resource`. */
export const constructOf = ({ path }: TemplateResource): string => path.split("/")[1] ?? "";

export interface PolicyStatement {
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: unknown[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** The statements of every policy, with the construct that they belong to. */
export function statementsOf(resources: readonly TemplateResource[]): (PolicyStatement & { construct: string })[] {
  const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
  return ofType(resources, "AWS::IAM::Policy").flatMap((policy) =>
    list(policy.properties.PolicyDocument.Statement as PolicyStatement).map((statement) => ({
      ...statement,
      Action: list(statement.Action as unknown as string),
      Resource: list(statement.Resource as unknown),
      construct: constructOf(policy),
    })),
  );
}
