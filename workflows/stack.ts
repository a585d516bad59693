import * as z from "zod";
import type { Target } from "./state.ts";

/** A stack that game days may bring up and take down, as the SSM parameter `/gameday/stacks/TARGET` describes it. */
export const EphemeralStack = z.object({
  stackName: z.string().min(1),
  /** Where the synthesised template lies: an object in the bucket of CDK's assets. */
  templateUrl: z.url(),
  /** The role by which CloudFormation makes what the template holds. */
  roleArn: z.string().min(1),
});
export type EphemeralStack = z.infer<typeof EphemeralStack>;

/** A stack of a plan. */
export const PlannedStack = EphemeralStack.extend({
  /** How long it may take to come up, and how long to go. */
  allowanceSeconds: z.int().min(1),
});
export type PlannedStack = z.infer<typeof PlannedStack>;

/** All that is known of a target whose stack is not there yet. Its description comes with the stack. */
export const targetToCome = (name: string): Target => ({
  name,
  url: "https://not-there-yet.invalid",
  functions: {},
  alarms: [],
});
