import { join, relative } from "node:path";
import { type NewRegion, RegionFolder } from "../stand-in/persistence/region-folder.ts";
import { UserError } from "./exit-codes.ts";

/** Where rehearsals keep their regions, seen from where the command runs, like the reports. */
export const REGIONS = ".gameday/regions";

/** A region under the first id of this name that nothing has: two rehearsals may begin in the same second. */
export function newRegion(name: string, rest: Omit<NewRegion, "id">): RegionFolder {
  for (let number = 1; ; number++) {
    const region = RegionFolder.create(REGIONS, { ...rest, id: number === 1 ? name : `${name}-${number}` });
    if (region) return region;
  }
}

/** Where a game day's report is, seen from where the command runs. */
export const reportOf = ({ description: { id, reports } }: RegionFolder): string =>
  relative(process.cwd(), join(reports, id, "report.html"));

/** A target that could not be put back is nobody's until a person says that it is in order. */
export function refuseQuarantined(target: string): void {
  for (const region of RegionFolder.list(REGIONS).regions) {
    const { id, quarantine } = region.description;
    if (region.description.target !== target || !quarantine) continue;
    throw new UserError(
      [
        `Expected target "${target}" to be in order; found it in quarantine since game day ${id}:`,
        `  ${quarantine.reason}`,
        `What to type to put it back by hand: ${reportOf(region)}`,
        `When it is in order again: gameday release ${target} --reason "…"`,
      ].join("\n"),
    );
  }
}
