import type { Clock } from '../../platform/clock.js';

const WHOLE_EVERY = 1_000;
const SLACK = 1_000;

/** Due times in milliseconds since the Unix epoch: what was due before them is not looked at. */
export interface Floors {
  readonly first: number;
  readonly later: number;
}

/** What a claim saw. */
export interface Seen {
  /** The database's time. */
  readonly now: number;
  /** When the oldest that was due had become due, of each kind; null when none was. */
  readonly oldest: { readonly first: number | null; readonly later: number | null };
}

/**
 * Since when claims look: until the next vacuum PostgreSQL goes through the index entries of all that was
 * due before and is not any more, which after a burst takes longer than all else that a claim does.
 *
 * A transaction that was open for long may commit what is due before that: one claim in each second looks
 * at everything, and so does the next one after a notification.
 */
export class ClaimFloor {
  private floors: Floors = { first: 0, later: 0 };
  private wholeAt = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** For the next claim. */
  next(): Floors {
    const elapsed = this.clock.elapsed();
    if (elapsed - this.wholeAt >= WHOLE_EVERY) {
      this.wholeAt = elapsed;
      this.reset();
    }
    return this.floors;
  }

  /** Has the next claim look at everything. */
  reset(): void {
    this.floors = { first: 0, later: 0 };
  }

  note({ now, oldest }: Seen): void {
    this.floors = {
      first: (oldest.first ?? now) - SLACK,
      later: (oldest.later ?? now) - SLACK,
    };
  }
}
