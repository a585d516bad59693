import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { GameDayStack } from "./game-day-stack.ts";
import { OrdersStack } from "./targets/orders-stack.ts";

const app = new App();
new GameDayStack(app, "GameDay", { description: "gameday: the workflow that runs game days, and its safety net" });
new OrdersStack(app, "Orders", { description: "gameday example: orders, an HTTP API that stores orders" });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
