/** Lets through `rate` requests a second, and some at once: one second's worth by default. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private perSecond: number,
    private filledAt: number,
    private capacity = oneSecondOf(perSecond),
  ) {
    this.tokens = capacity;
  }

  get rate(): number {
    return this.perSecond;
  }

  /** What it would let through now it still does, up to one second's worth of the new rate. */
  changeRate(rate: number, now: number): void {
    this.fill(now);
    this.perSecond = rate;
    this.capacity = oneSecondOf(rate);
    this.tokens = Math.min(this.capacity, this.tokens);
  }

  take(now: number): void {
    this.fill(now);
    this.tokens -= 1;
  }

  /** Whole requests it lets through now. */
  available(now: number): number {
    this.fill(now);
    // Rounding errors of the refill must not cost a whole request.
    return Math.max(0, Math.floor(this.tokens + 1e-6));
  }

  /** Milliseconds until it lets the next one through. */
  nextIn(now: number): number {
    return this.available(now) > 0 ? 0 : Math.ceil(((1 - this.tokens) * 1_000) / this.perSecond);
  }

  /** Whether it holds all it can, so that a new one would be the same. */
  isFull(now: number): boolean {
    this.fill(now);
    return this.tokens >= this.capacity;
  }

  private fill(now: number): void {
    const added = ((now - this.filledAt) * this.perSecond) / 1_000;
    this.tokens = Math.min(this.capacity, this.tokens + added);
    this.filledAt = now;
  }
}

function oneSecondOf(rate: number): number {
  return Math.max(1, Math.floor(rate));
}
