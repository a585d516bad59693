// A rehearsal that kills itself when its game day enters a state: `node killed-at.ts REGIONS ID STATE
// [DRILL TARGET]`. Without k6, so only states before the load. Run by clean-up.test.ts.
import { dirname, join } from "node:path";
import { rehearse } from "../../rehearsal/rehearse.ts";
import { stacksFor } from "../../stand-in/gameday/target.ts";
import { RegionFolder } from "../../stand-in/persistence/region-folder.ts";
import { assembly } from "../stand-in/templates.ts";

const [, , regions = "", id = "", state = "", drill = "control", target = "orders"] = process.argv;
const reports = join(dirname(regions), "reports");
await rehearse({
  assembly: stacksFor(assembly(), target),
  id,
  input: { drill, profile: "rehearsal" },
  k6Path: "/nowhere/k6",
  outFolder: reports,
  saved: RegionFolder.create(regions, { id, drill, target, reports })!,
  onEvent: (_execution, event) => {
    if (event.type.endsWith("StateEntered") && event.state === state) process.kill(process.pid, "SIGKILL");
  },
});
