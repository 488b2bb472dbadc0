import { v7 } from 'uuid';
import { Clock } from './clock.js';
import { Randomness } from './randomness.js';

/** What an id names; the prefix makes a log line readable. */
export type IdPrefix = 'evt' | 'sub' | 'dlv' | 'rep';

/**
 * Makes ids such as `evt_01938f…`: a prefix and the 32 hex digits of a UUIDv7 (RFC 9562), so that
 * ids sort by the time they were made. They hold no `.`, as Standard Webhooks asks of `webhook-id`.
 */
export class IdFactory {
  private sequence = 0;
  private readonly uuid = Buffer.alloc(16);

  constructor(
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  create(prefix: IdPrefix): string {
    // Within one millisecond the sequence keeps the order in which the ids were made.
    this.sequence = (this.sequence + 1) >>> 0;
    const [msecs, seq, random] = [this.clock.now(), this.sequence, this.randomness.bytes(16)];
    return `${prefix}_${v7({ msecs, seq, random }, this.uuid).toString('hex')}`;
  }
}
