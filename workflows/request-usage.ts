import * as z from "zod";

const Amount = z.number().min(0).optional();

/**
 * What one request to a target uses up of what AWS bills, with all that it sets off: the events, the queued messages, the
 * retries. A target's author writes it into the target's description; what is left out is not used.
 */
export const RequestUsage = z.strictObject({
  httpApiRequests: Amount,
  restApiRequests: Amount,
  functionCalls: Amount,
  /** Memory by the time that calls take, waiting included. Functions on ARM. */
  functionGbSeconds: Amount,
  /** Events put on a bus of one's own. */
  events: Amount,
  /** Calls of SQS: one to send, one to receive, one to delete. */
  queueRequests: Amount,
  /** Writes to an on-demand table of items up to 1 KB. */
  tableWrites: Amount,
});
export type RequestUsage = z.infer<typeof RequestUsage>;

/** Of a target that does not say: one function of 256 MB behind an HTTP API takes 50 ms to write one item. */
export const USUAL_REQUEST: RequestUsage = {
  httpApiRequests: 1,
  functionCalls: 1,
  functionGbSeconds: 0.25 * 0.05,
  tableWrites: 1,
};
