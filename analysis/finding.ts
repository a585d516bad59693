/** What a detector says of a fault. */
export interface Finding {
  readonly outcome: "detected" | "not-detected" | "could-not-tell";
  /** Unix milliseconds. */
  readonly detectedAt?: number;
  readonly detail: string;
}
