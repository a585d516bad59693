import type { Finding } from "../../analysis/finding.ts";
import type { PlannedExpectation } from "../../workflows/state.ts";
import type { Runtime } from "../runtime/step.ts";
import type { FaultWindow } from "./fault-window.ts";

/** Something that should notice. Looks at what it recorded; may be asked as often as one likes. */
export type Detector = (window: FaultWindow, runtime: Runtime, asked: Asked) => Promise<Finding>;

/** What of the drill's expectation is for the detector itself. */
export type Asked = Pick<PlannedExpectation, "pattern">;
