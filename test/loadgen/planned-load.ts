import type { PlannedLoad } from "../../workflows/load.ts";

/** A load to change for a test. */
export function plannedLoad(changes: Partial<PlannedLoad> = {}): PlannedLoad {
  return {
    url: "http://127.0.0.1:1/",
    method: "GET",
    headers: {},
    expectedStatus: [200],
    rate: 20,
    timeoutSeconds: 1,
    shards: 1,
    durationSeconds: 3,
    ...changes,
  };
}
