import type { Failure } from "../workflows/state.ts";
/** Numbers as sentences show them. */

/** `3 ms`, `0.4 ms`, `2.5 s` */
export function msText(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms >= 9.95 ? `${ms.toFixed(0)} ms` : `${Number(ms.toFixed(1))} ms`;
}

/** A change: `38 %`, `7.5 %` */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${percent >= 9.95 ? percent.toFixed(0) : Number(percent.toFixed(1))} %`;
}

/** An error rate: `0 %`, `0.02 %`, `2.1 %`, `31 %` */
export function errorsText(rate: number): string {
  const percent = rate * 100;
  if (percent > 0 && percent < 0.095) return `${percent.toPrecision(1)} %`;
  return percentText(rate);
}

/** Evidence: `0.8`, `12`, `412`, `over 1 million` */
export function evidenceText(evidence: number): string {
  if (evidence >= 1e6) return "over 1 million";
  return evidence >= 9.95 ? evidence.toFixed(0) : String(Number(evidence.toFixed(1)));
}

/** `a, b and c` */
export function listText(items: readonly string[], and = "and"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${and} ${items.at(-1)}`;
}

/** The message of a failure: its Cause is the bare message in a rehearsal, JSON with `errorMessage` on AWS. */
export function failureText({ Error: name, Cause: cause }: Failure): string {
  if (!cause) return name;
  try {
    const { errorMessage } = JSON.parse(cause);
    return typeof errorMessage === "string" ? errorMessage : cause;
  } catch {
    return cause;
  }
}
