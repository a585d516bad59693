import type { FaultSpec } from "./faults.ts";
import type { Deployment } from "./state.ts";

/** The fault that makes the same change as a deployment; undefined where none does. */
export function faultLike(deploy: Deployment): FaultSpec | undefined {
  switch (deploy.kind) {
    case "configuration":
      return { ...deploy, kind: "lambda-env" };
    case "version":
      return { ...deploy, kind: "lambda-version" };
    default:
      return undefined;
  }
}
