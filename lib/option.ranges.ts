const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Default and range of an option that is a whole number. */
export interface OptionRange {
  readonly default: number;
  readonly low: number;
  readonly high: number;
}

/** Every whole-number option of the module, by its path. Times are milliseconds, sizes bytes. */
export const OPTION_RANGES = {
  timeout: { default: 15 * SECOND, low: 100, high: MINUTE },
  connectTimeout: { default: 5 * SECOND, low: 100, high: MINUTE },
  retryAfterLimit: { default: DAY, low: 0, high: 30 * DAY },
  answerLimit: { default: 16_384, low: 0, high: 1_048_576 },
  bodyLimit: { default: 262_144, low: 1, high: 104_857_600 },
  subscriptionsPerTenant: { default: 1_000, low: 1, high: 10_000_000 },
  pingRate: { default: 60, low: 1, high: 1_000_000 },
  redeliverRate: { default: 300, low: 1, high: 1_000_000 },
  secretOverlap: { default: DAY, low: 0, high: 7 * DAY },
  disableAfter: { default: 5 * DAY, low: SECOND, high: 365 * DAY },
  sweepInterval: { default: 5 * SECOND, low: 10, high: HOUR },
  leaseMargin: { default: 30 * SECOND, low: SECOND, high: HOUR },
  retention: { default: 30 * DAY, low: 0, high: 3_650 * DAY },
  shutdownGrace: { default: 10 * SECOND, low: 0, high: HOUR },
  'concurrency.total': { default: 64, low: 1, high: 10_000 },
  'concurrency.slow': { default: 512, low: 0, high: 100_000 },
  'concurrency.perSubscription': { default: 8, low: 1, high: 10_000 },
  'breaker.failures': { default: 10, low: 1, high: 1_000_000 },
  'breaker.pause': { default: SECOND, low: 1, high: DAY },
  'breaker.longestPause': { default: MINUTE, low: 1, high: DAY },
} as const satisfies Record<string, OptionRange>;

/** Path of a whole-number option. */
export type NumberOption = keyof typeof OPTION_RANGES;
