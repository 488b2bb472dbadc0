import { Row, textOf } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type { Session } from './session.js';

/** Subscriptions by id: those that exist, or why one cannot be read. */
export type ReadSubscriptions = ReadonlyMap<string, SubscriptionRecord | UnreadableRecordError>;

/** Reads subscriptions so that one that cannot be read keeps none of the others from it. */
export class SubscriptionReader {
  constructor(
    private readonly session: Session,
    private readonly codec: SubscriptionCodec,
  ) {}

  read(ids: Iterable<string>): ReadSubscriptions {
    const rows = this.session.all(
      'SELECT s.* FROM json_each(?) CROSS JOIN {subscriptions} s ON s.id = value',
      JSON.stringify([...new Set(ids)]),
    );
    return new Map(rows.map((row) => [textOf(row, 'id'), this.decoded(row)]));
  }

  private decoded(row: Row): SubscriptionRecord | UnreadableRecordError {
    try {
      return this.codec.decode(row);
    } catch (error) {
      if (error instanceof UnreadableRecordError) return error;
      throw error;
    }
  }
}
