import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { EPHEMERAL_TARGETS } from "../examples/ephemeral-targets.ts";
import { NotificationsStack } from "../examples/notifications/stack.ts";
import { OrdersStack } from "../examples/orders/stack.ts";
import { RecordsStack } from "../examples/records/stack.ts";
import { type Environment, environmentNamed, nameIn } from "./environments.ts";
import { synthesiseEphemeral } from "./ephemeral-stacks.ts";
import { GameDayStack } from "./game-day-stack.ts";
import { STARTS } from "./starts.ts";

const app = new App();
const environment = chosenEnvironment(app);

new GameDayStack(app, "GameDay", {
  description: "gameday: the workflow that runs game days, and its safety net",
  starts: STARTS,
  ephemeral: synthesiseEphemeral(app, EPHEMERAL_TARGETS),
});
new OrdersStack(app, nameIn(environment, "Orders"), {
  description: "gameday example: orders, an HTTP API that stores orders",
  environment,
});
new OrdersStack(app, nameIn(environment, "OrdersSelfHealing"), {
  description: "gameday example: orders that put their own configuration back when an alarm goes off",
  environment,
  selfHealing: true,
});
new OrdersStack(app, nameIn(environment, "OrdersReleases"), {
  description: "gameday example: orders behind an alias, which says what version serves",
  environment,
  releases: true,
});
new NotificationsStack(app, nameIn(environment, "Notifications"), {
  description: "gameday example: notifications, from an HTTP API over a bus to a slow API",
  flowControl: false,
  environment,
});
new NotificationsStack(app, nameIn(environment, "NotificationsFlowControl"), {
  description: "gameday example: notifications with a queue before the delivery",
  flowControl: true,
  environment,
});
new RecordsStack(app, nameIn(environment, "Records"), {
  description: "gameday example: records, a web front end before a REST API that stores records",
  environment,
});
new RecordsStack(app, nameIn(environment, "RecordsMessaging"), {
  description: "gameday example: records with a queue before the function that saves",
  environment,
  messaging: true,
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

/** `-c environment=prod`; `-c fis=false` and `-c devopsguru=true` replace what its line in the table says. */
function chosenEnvironment({ node }: App): Environment {
  const found = environmentNamed(node.tryGetContext("environment"));
  const flag = (name: string, otherwise: boolean) => {
    const given = node.tryGetContext(name);
    return given === undefined ? otherwise : String(given) === "true";
  };
  return {
    ...found,
    fisExtension: flag("fis", found.fisExtension),
    devOpsGuru: flag("devopsguru", found.devOpsGuru),
  };
}
