/** Handle of a timer armed by a {@link Clock}. */
export interface ClockTimer {
  /** Disarms the timer. Calling it again, or after the timer fired, does nothing. */
  cancel(): void;
}

/**
 * Source of time. Everything in this package that reads the time or waits does so through this port,
 * so that a test can play 75 hours of retries in milliseconds.
 */
export abstract class Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. */
  abstract now(): number;

  /** Milliseconds from an arbitrary origin, never going backwards: for durations. */
  abstract elapsed(): number;

  /** Calls `callback` once, `delay` milliseconds from now. */
  abstract setTimer(callback: () => void, delay: number): ClockTimer;
}
