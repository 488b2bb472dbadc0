/** Lets through `rate` requests a second, and some at once: one second's worth by default. */
export class TokenBucket {
  private tokens: number;

  constructor(
    readonly rate: number,
    private filledAt: number,
    private readonly capacity = Math.max(1, Math.floor(rate)),
  ) {
    this.tokens = capacity;
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
    return this.available(now) > 0 ? 0 : Math.ceil(((1 - this.tokens) * 1_000) / this.rate);
  }

  /** Whether it holds all it can, so that a new one would be the same. */
  isFull(now: number): boolean {
    this.fill(now);
    return this.tokens >= this.capacity;
  }

  private fill(now: number): void {
    const added = ((now - this.filledAt) * this.rate) / 1_000;
    this.tokens = Math.min(this.capacity, this.tokens + added);
    this.filledAt = now;
  }
}
