// A rehearsal that kills itself when its game day enters a state: `node killed-at.ts REGIONS ID STATE`. Without k6, so
// only states before the load. Run by clean-up.test.ts.
import { dirname, join } from "node:path";
import { rehearse } from "../../rehearsal/rehearse.ts";
import { SavedRegion } from "../../rehearsal/saved-region.ts";
import { ordersOnly } from "./templates.ts";

const [, , regions = "", id = "", state = ""] = process.argv;
const reports = join(dirname(regions), "reports");
await rehearse({
  assembly: ordersOnly(),
  id,
  input: { drill: "control", profile: "rehearsal" },
  k6Path: "/nowhere/k6",
  outFolder: reports,
  saved: SavedRegion.create(regions, { id, drill: "control", target: "orders", reports })!,
  onEvent: (_execution, event) => {
    if (event.type.endsWith("StateEntered") && event.state === state) process.kill(process.pid, "SIGKILL");
  },
});
