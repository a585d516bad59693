import { variablesWording } from "./function-faults.ts";
import { versionWording } from "./published-versions.ts";
import type { Deployment } from "./state.ts";

/** What a deployment changes and how it is put back, for people; nothing of one that changes nothing that is there. */
export function deploymentWords(deploy: Deployment): { change: string; undo: string } | undefined {
  switch (deploy.kind) {
    case "configuration":
      return { change: variablesWording.change(deploy), undo: variablesWording.undo(deploy) };
    case "version":
      return { change: versionWording.change(deploy), undo: versionWording.undo(deploy) };
    default:
      return undefined;
  }
}
