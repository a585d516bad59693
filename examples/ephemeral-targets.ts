import { environmentNamed, nameIn } from "../infra/environments.ts";
import type { EphemeralTarget } from "../infra/ephemeral-stacks.ts";
import { OrdersStack } from "./orders/stack.ts";

const environment = environmentNamed("ephemeral");
const orders = nameIn(environment, "Orders");

/** To add one: a line here, and `npx cdk deploy GameDay`, which publishes the template and lets the steps use it. */
export const EPHEMERAL_TARGETS: readonly EphemeralTarget[] = [
  {
    target: nameIn(environment, "orders"),
    make: (scope) =>
      new OrdersStack(scope, orders, {
        stackName: orders,
        description: "gameday example: orders, for the length of a game day",
        environment,
      }),
  },
];
