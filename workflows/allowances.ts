import { SLOWEST_POLL_SECONDS } from "./fis.ts";

/**
 * Seconds allowed for what takes as long as it takes: a change to come into effect, tasks to start, the tail to run.
 * A straggler is a step that was given up on: the longest function time-out is 119 s, and what it asked for may still be
 * under way then. In a rehearsal steps take milliseconds. The ramp is what the FIS user guide gives for its extension; the
 * one in a rehearsal asks every second. CloudWatch lists a new metric within a quarter of an hour (its API reference,
 * "ListMetrics"). The stack is what one may take to come up, and to go.
 */
export const ALLOWANCES = {
  full: {
    start: 600,
    change: 120,
    tail: 1800,
    straggler: 130,
    patience: 600,
    watch: 30,
    stack: 1800,
    ramp: { upSeconds: SLOWEST_POLL_SECONDS, downSeconds: 20, metricsSeconds: 900 },
  },
  rehearsal: {
    start: 60,
    change: 8,
    tail: 60,
    straggler: 1,
    patience: 12,
    watch: 1,
    stack: 20,
    ramp: { upSeconds: 2, downSeconds: 2, metricsSeconds: 10 },
  },
} as const;
