/** How many requests are let through: `rate` a second in the long run, `burst` at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** API Gateway's own way to throttle (developer guide, "Throttle requests to your REST APIs"). It begins full. */
export class TokenBucket {
  #tokens = Number.POSITIVE_INFINITY;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** Whether the request passes. The throttle may be another one each time: what is left is cut to its burst. */
  take({ rate, burst }: Throttle, now: number): boolean {
    this.#tokens = Math.min(burst, this.#tokens + (rate * (now - this.#at)) / 1000);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
