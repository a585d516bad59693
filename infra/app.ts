import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { GameDayStack } from "./game-day-stack.ts";
import { STARTS } from "./starts.ts";
import { OrdersStack } from "./targets/orders-stack.ts";

const app = new App();
new GameDayStack(app, "GameDay", {
  description: "gameday: the workflow that runs game days, and its safety net",
  starts: STARTS,
});
new OrdersStack(app, "Orders", {
  description: "gameday example: orders, an HTTP API that stores orders",
  // `-c fis=false` where there is no FIS, or none is wanted.
  // `-c devopsguru=true` has DevOps Guru analyse the stack.
  devOpsGuru: app.node.tryGetContext("devopsguru") === "true",
  fisExtension: app.node.tryGetContext("fis") !== "false",
});
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
