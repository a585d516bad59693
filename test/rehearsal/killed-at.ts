// A rehearsal that kills itself when its game day enters a state: `node killed-at.ts REGIONS ID STATE
// [DRILL TARGET]`. Without k6, so only states before the load. Run by clean-up.test.ts.
import { dirname, join } from "node:path";
import { rehearse } from "../../rehearsal/rehearse.ts";
import { SavedRegion } from "../../rehearsal/saved-region.ts";
import { stacksFor } from "../../rehearsal/target.ts";
import { assembly } from "./templates.ts";

const [, , regions = "", id = "", state = "", drill = "control", target = "orders"] = process.argv;
const reports = join(dirname(regions), "reports");
await rehearse({
  assembly: stacksFor(assembly(), target),
  id,
  input: { drill, profile: "rehearsal" },
  k6Path: "/nowhere/k6",
  outFolder: reports,
  saved: SavedRegion.create(regions, { id, drill, target, reports })!,
  onEvent: (_execution, event) => {
    if (event.type.endsWith("StateEntered") && event.state === state) process.kill(process.pid, "SIGKILL");
  },
});
