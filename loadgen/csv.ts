/** A row of k6's CSV output that says something about the load. Times are Unix milliseconds. */
export type Row =
  | { readonly kind: "request"; readonly startAt: number; readonly latencyMs: number; readonly failed?: string }
  | { readonly kind: "dropped"; readonly at: number; readonly count: number };

/** k6's error codes for requests that got no answer (k6 manual, "Error codes"); others become `network-CODE`. */
const FAILURES: Record<string, string> = { "1050": "timeout", "1211": "timeout", "1212": "refused" };

/**
 * Reads one line of `k6 run --out csv=-` with K6_CSV_TIME_FORMAT=unix_micro and the worker's system tags:
 * metric_name,timestamp,metric_value,error_code,expected_response,scenario,status,extra_tags,metadata. Undefined for the
 * other metrics and for requests of a script's setup() and teardown(), which have no scenario. None of the first seven
 * columns is ever quoted: k6 allows only letters, digits, _ and - in a scenario's name.
 */
export function parseRow(line: string): Row | undefined {
  if (!line.startsWith("http_req_duration,") && !line.startsWith("dropped_iterations,")) return undefined;
  const [metric, micros, value, errorCode = "", expected, scenario, status = ""] = line.split(",", 7);
  if (!scenario) return undefined;
  const at = Number(micros) / 1_000;
  if (metric === "dropped_iterations") return { kind: "dropped", at, count: Number(value) };
  const latencyMs = Number(value);
  // k6 stamps a request when it ends.
  const startAt = at - latencyMs;
  if (expected !== "false") return { kind: "request", startAt, latencyMs };
  return { kind: "request", startAt, latencyMs, failed: failureOf(errorCode, status) };
}

function failureOf(errorCode: string, status: string): string {
  if (FAILURES[errorCode]) return FAILURES[errorCode];
  return status !== "" && status !== "0" ? status : `network-${errorCode || "unknown"}`;
}
