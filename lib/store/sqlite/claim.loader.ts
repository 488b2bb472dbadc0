import { decodeEvent } from '../codec/event.codec.js';
import { textOf } from '../codec/row.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
import type { Claim } from '../webhook.store.js';
import type { Session } from './session.js';
import type { SubscriptionReader } from './subscription.reader.js';

/** A delivery that can never be made, and why. */
export interface Impossible {
  readonly delivery: DeliveryRecord;
  readonly status: 'cancelled' | 'exhausted';
  readonly reason: string;
  /** For the attempt that it may have begun. */
  readonly error: string | null;
}

/** What came of loading deliveries. */
export interface Loaded {
  readonly claims: readonly Claim[];
  readonly impossible: readonly Impossible[];
}

/** Brings together what attempts need, reading each event and subscription once. */
export class ClaimLoader {
  constructor(
    private readonly session: Session,
    private readonly subscriptions: SubscriptionReader,
  ) {}

  load(deliveries: readonly DeliveryRecord[]): Loaded {
    const events = this.events(deliveries.map(({ eventId }) => eventId));
    const subscriptions = this.subscriptions.read(deliveries.map((one) => one.subscriptionId));
    const claims: Claim[] = [];
    const impossible: Impossible[] = [];
    for (const delivery of deliveries) {
      const event = events.get(delivery.eventId);
      const subscription = subscriptions.get(delivery.subscriptionId) ?? null;
      if (event === undefined) {
        const reason = 'payload removed';
        impossible.push({ delivery, status: 'cancelled', reason, error: null });
      } else if (subscription instanceof UnreadableRecordError) {
        const reason = 'its subscription cannot be read from the store';
        const error = subscription.message;
        impossible.push({ delivery, status: 'exhausted', reason, error });
      } else {
        claims.push({ delivery, event, subscription });
      }
    }
    return { claims, impossible };
  }

  private events(ids: readonly string[]): ReadonlyMap<string, EventRecord> {
    const rows = this.session.all(
      `SELECT e.*, b.body FROM json_each(?) CROSS JOIN {events} e ON e.id = value
       LEFT JOIN {bodies} b ON b.event_id = e.id`,
      JSON.stringify([...new Set(ids)]),
    );
    return new Map(rows.map((row) => [textOf(row, 'id'), decodeEvent(row)]));
  }
}
