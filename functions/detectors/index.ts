import type { DetectorName } from "../../workflows/drill.ts";
import { cloudwatchAlarms } from "./cloudwatch-alarms.ts";
import type { Detector } from "./detector.ts";
import { devOpsGuru } from "./devops-guru.ts";
import { events } from "./events.ts";
import { functionMetrics } from "./function-metrics.ts";
import { loadComparison } from "./load-comparison.ts";
import { notification } from "./notification.ts";
import { selfHealing } from "./self-healing.ts";

/** Everything that can be asked whether it noticed. To add one: its file beside this one and a line here. */
export const detectors: Readonly<Record<DetectorName, Detector>> = {
  "load-comparison": loadComparison,
  notification,
  "self-healing": selfHealing,
  "cloudwatch-alarms": cloudwatchAlarms,
  "devops-guru": devOpsGuru,
  events,
  "function-metrics": functionMetrics,
};
