import type { Clock, ClockTimer } from '../../platform/clock.js';

const INTERVAL = 100;

/**
 * Lets one notification pass in 100 ms: the first at once, with the statement it is about, and one more
 * for all that follow. The commits of transactions that notify go one after the other through the whole
 * database server, so that one with every event would be the limit of its rate; and once awake the other
 * processes claim as long as there is something.
 */
export class NotifyThrottle {
  private passedAt = -Infinity;
  private timer: ClockTimer | null = null;
  private notifying: Promise<unknown> = Promise.resolve();

  /** @param notify sends a notification by itself; what it does not reach is found by a sweep */
  constructor(
    private readonly clock: Clock,
    private readonly notify: () => Promise<unknown>,
  ) {}

  /** Whether the statement at hand is to notify. If not, a notification follows. */
  pass(): boolean {
    const now = this.clock.elapsed();
    if (now - this.passedAt < INTERVAL) {
      this.follow();
      return false;
    }
    this.passedAt = now;
    return true;
  }

  /** Has a notification follow, in at most 100 ms. */
  follow(): void {
    const delay = Math.max(0, this.passedAt + INTERVAL - this.clock.elapsed());
    this.timer ??= this.clock.setTimer(() => this.send(), delay);
  }

  /** Sends at once what was still to follow. */
  async stop(): Promise<void> {
    if (this.timer !== null) this.send();
    await this.notifying;
  }

  private send(): void {
    this.timer?.cancel();
    this.timer = null;
    this.passedAt = this.clock.elapsed();
    this.notifying = this.notify().catch(() => {});
  }
}
