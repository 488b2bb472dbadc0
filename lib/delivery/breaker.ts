/** When a subscription that only fails is left alone, and for how long. */
export interface BreakerOptions {
  /** Failures in a row after which it is left alone. */
  readonly failures: number;
  /** Milliseconds of the first pause; each further one is twice as long. */
  readonly pause: number;
  /** Longest pause in milliseconds. */
  readonly longestPause: number;
}

/**
 * Pauses a subscription that only fails. After each pause one request is let through as a probe: its
 * success ends the matter, its failure begins a longer pause.
 */
export class Breaker {
  private failures = 0;
  private pausedUntil = -Infinity;

  constructor(private readonly options: BreakerOptions) {}

  get isClosed(): boolean {
    return this.failures === 0;
  }

  /** Milliseconds until the next request may be made; 0 when one may be made now. */
  pauseLeft(now: number): number {
    return Math.max(0, this.pausedUntil - now);
  }

  /** Whether only one request at a time may be made. */
  get isProbing(): boolean {
    return this.failures >= this.options.failures;
  }

  note(success: boolean, now: number): void {
    if (success) {
      this.failures = 0;
      this.pausedUntil = -Infinity;
      return;
    }
    this.failures++;
    const { failures, pause, longestPause } = this.options;
    if (this.failures < failures) return;
    const doublings = Math.min(30, this.failures - failures);
    this.pausedUntil = now + Math.min(longestPause, pause * 2 ** doublings);
  }
}
