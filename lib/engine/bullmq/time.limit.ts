import type { Clock } from '../../platform/clock.js';

/** Milliseconds after which a call that should answer at once counts as failed. */
export const CALL_LIMIT = 5_000;

/**
 * Settles as `call` does, or rejects when that takes longer than `limit` milliseconds: a connection can
 * be gone without a word.
 */
export async function within<T>(limit: number, clock: Clock, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => reject(new Error(`no answer within ${limit} ms`)), limit);
    call.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** Milliseconds to wait after so many failures in a row. */
export function backoff(failures: number): number {
  return Math.min(10_000, 500 * 2 ** failures);
}
