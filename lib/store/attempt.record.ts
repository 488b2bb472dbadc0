/**
 * How an attempt ended: `success` (2xx), `http` (any other status), `timeout`, `connect`, `dns`,
 * `tls`, `blocked` (the egress policy refused the target), `redirect` (3xx, never followed),
 * `too_large` (an answer beyond the client's limits), `unknown` (the process
 * died, was stopped, or failed before the request was made).
 */
export const ATTEMPT_OUTCOMES = [
  'success',
  'http',
  'timeout',
  'connect',
  'dns',
  'tls',
  'blocked',
  'redirect',
  'too_large',
  'unknown',
] as const;

/** See {@link ATTEMPT_OUTCOMES}. */
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** One HTTP request of a delivery. */
export interface AttemptRecord {
  readonly deliveryId: string;
  /** Counted from 1, without gaps. */
  readonly number: number;
  readonly startedAt: number;
  /** Null while the request is in flight. */
  readonly result: AttemptResult | null;
}

/** What came of an attempt. */
export interface AttemptResult {
  readonly outcome: AttemptOutcome;
  /** Milliseconds from the start of the request to its end. */
  readonly duration: number;
  /** Status of the answer; null when there was none. */
  readonly status: number | null;
  /** The first bytes of the answer as text; null when there was none. */
  readonly answer: string | null;
  /** What went wrong, for support; holds no address, header or payload. Null on success. */
  readonly error: string | null;
}
