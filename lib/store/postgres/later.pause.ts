import type { Clock } from '../../platform/clock.js';
import type { ClaimRequest } from '../webhook.store.js';

const LONGEST = 100;
const MOST_KNOWN = 1_000;

/**
 * A time in which later deliveries are not looked at, since many are due and none of their subscriptions
 * has room: looking costs as much as all else that a claim does. It ends when one of them has room, and
 * after 100 ms, for others that are due by then.
 */
export class LaterPause {
  private until = -Infinity;
  private waiting: readonly string[] = [];

  constructor(private readonly clock: Clock) {}

  /** @param withoutRoom the subscriptions of all later deliveries that are due */
  begin(withoutRoom: readonly string[]): void {
    if (withoutRoom.length === 0 || withoutRoom.length > MOST_KNOWN) return;
    this.waiting = withoutRoom;
    this.until = this.clock.elapsed() + LONGEST;
  }

  /** Milliseconds until it ends at the latest; 0 when it has ended. */
  left({ room, perSubscription }: ClaimRequest): number {
    const left = Math.max(0, this.until - this.clock.elapsed());
    if (left === 0) return 0;
    return this.waiting.some((id) => (room.get(id) ?? perSubscription) > 0) ? 0 : left;
  }
}
