import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import type { RetrySchedule } from '../store/retry-schedule.record.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LONGEST_DELAY = 30 * 24 * HOUR;
const MOST_TRIES = 100;
const DEFAULT_JITTER = 0.2;

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** Milliseconds before the second try: 1 to 30 days. */
  readonly first: number;
  /**
   * How much longer each further delay is than the one before: 1 to 100.
   * @default 2
   */
  readonly factor?: number;
  /** Tries in all, the first one included: 1 to 100. */
  readonly tries: number;
  /**
   * Longest delay in milliseconds.
   * @default 86400000 (24 h)
   */
  readonly cap?: number;
  /**
   * Fraction by which each delay varies either way: 0 to 1.
   * @default 0.2
   */
  readonly jitter?: number;
}

/**
 * A schedule with the given delays in milliseconds between the tries; the first try is made at once.
 *
 * @example fixed([5_000, 60_000]) // three tries: now, after 5 s, after another minute
 * @throws InvalidArgumentError for a delay that is no whole number from 1 ms to 30 days, more than 99
 * delays, or a jitter outside 0 to 1
 */
export function fixed(delays: readonly number[], jitter: number = DEFAULT_JITTER): RetrySchedule {
  return checkedSchedule('delays', { delays, jitter });
}

/**
 * A schedule whose delays grow by a factor up to a cap.
 *
 * @example exponential({ first: 1_000, factor: 3, tries: 8, cap: 3_600_000 })
 * @throws InvalidArgumentError for an option outside its range
 */
export function exponential(options: ExponentialOptions): RetrySchedule {
  const { first, factor = 2, tries, cap = 24 * HOUR, jitter = DEFAULT_JITTER } = options ?? {};
  requireNumber('first', first, 1, LONGEST_DELAY);
  requireNumber('factor', factor, 1, 100);
  requireNumber('cap', cap, 1, LONGEST_DELAY);
  requireNumber('tries', tries, 1, MOST_TRIES);
  const delays = Array.from({ length: Math.floor(tries) - 1 }, (_, index) =>
    Math.round(Math.min(cap, first * factor ** index)),
  );
  return checkedSchedule('delays', { delays, jitter });
}

/**
 * The default: now, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, ten tries over 75 h
 * 35 min, each delay ±20 %: the example that Standard Webhooks gives.
 */
export const DEFAULT_RETRY: RetrySchedule = fixed([
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
]);

/**
 * The schedule itself when it is usable.
 * @throws InvalidArgumentError naming `argument`
 */
export function checkedSchedule(argument: string, schedule: RetrySchedule): RetrySchedule {
  const { delays, jitter } = schedule ?? {};
  if (
    !Array.isArray(delays) ||
    delays.length >= MOST_TRIES ||
    !delays.every((delay) => Number.isInteger(delay) && delay >= 1 && delay <= LONGEST_DELAY)
  ) {
    throw new InvalidArgumentError(
      argument,
      'Give at most 99 delays, each a whole number of milliseconds from 1 to 30 days; fixed() and exponential() make them.',
    );
  }
  requireNumber('jitter', jitter, 0, 1);
  return { delays: [...delays], jitter };
}

function requireNumber(argument: string, value: unknown, low: number, high: number): void {
  if (typeof value === 'number' && value >= low && value <= high) return;
  throw new InvalidArgumentError(argument, `Give a number from ${low} to ${high}.`);
}
