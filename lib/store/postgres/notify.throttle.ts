import type { Clock } from '../../platform/clock.js';

const INTERVAL = 100;

/**
 * Lets one notification pass in 100 ms. The commits of transactions that notify go one after the other
 * through the whole database server, so that one with every event would be the limit of its rate; and
 * once awake the other processes claim as long as there is something.
 */
export class NotifyThrottle {
  private passedAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  pass(): boolean {
    const now = this.clock.elapsed();
    if (now - this.passedAt < INTERVAL) return false;
    this.passedAt = now;
    return true;
  }
}
