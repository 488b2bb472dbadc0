import { performance } from 'node:perf_hooks';
import { Clock, ClockTimer } from './clock.js';

// Node fires a longer timer at once instead of late.
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock: the default {@link Clock}. A timer longer than 24.8 days fires early. */
export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  setTimer(callback: () => void, delay: number): ClockTimer {
    const timer = setTimeout(callback, Math.min(delay, LONGEST_TIMER));
    return { cancel: () => clearTimeout(timer) };
  }
}
