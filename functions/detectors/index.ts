import type { DetectorName } from "../../workflows/drill.ts";
import { cloudwatchAlarms } from "./cloudwatch-alarms.ts";
import type { Detector } from "./detector.ts";
import { devOpsGuru } from "./devops-guru.ts";
import { functionMetrics } from "./function-metrics.ts";
import { loadComparison } from "./load-comparison.ts";

/** Everything that can be asked whether it noticed. To add one: its file beside this one and a line here. */
export const detectors: Readonly<Record<DetectorName, Detector>> = {
  "load-comparison": loadComparison,
  "cloudwatch-alarms": cloudwatchAlarms,
  "devops-guru": devOpsGuru,
  "function-metrics": functionMetrics,
};
