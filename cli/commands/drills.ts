import { table } from "../../report/terminal.ts";
import { readDrill } from "../../workflows/drill-file.ts";
import { formatDuration } from "../../workflows/duration.ts";
import { findDrill, shippedDrills } from "../drills.ts";
import { print } from "../output.ts";

/** `gameday drills`: what there is to run. */
export function drillsCommand({ json }: { json?: boolean }): void {
  const drills = shippedDrills().flatMap((name) => {
    const read = readDrill(findDrill(name).text);
    return read.ok ? [read.drill] : [];
  });
  if (json) {
    print(JSON.stringify(drills, undefined, 2));
    return;
  }
  const rows = drills.map(({ name, target, title, warmUp, baseline, faults }) => [
    name,
    target,
    formatDuration(warmUp + baseline + faults.reduce((sum, fault) => sum + fault.duration, 0)),
    title,
  ]);
  print(table(["drill", "target", "on AWS", "what happens"], rows));
}
