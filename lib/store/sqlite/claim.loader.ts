import { decodeDelivery } from '../codec/delivery.codec.js';
import { decodeEvent } from '../codec/event.codec.js';
import type { Row } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import type { EventRecord } from '../event.record.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type { Claim } from '../webhook.store.js';
import type { Session } from './session.js';

/** Brings together what an attempt needs, reading each event and subscription once. */
export class ClaimLoader {
  private readonly events = new Map<string, EventRecord | null>();
  private readonly subscriptions = new Map<string, SubscriptionRecord | null>();

  constructor(
    private readonly session: Session,
    private readonly codec: SubscriptionCodec,
  ) {}

  /**
   * Null when the event is not there.
   * @throws UnreadableRecordError when the subscription cannot be read
   */
  load(row: Row): Claim | null {
    const delivery = decodeDelivery(row);
    const event = this.eventOf(delivery.eventId);
    const subscription = this.subscriptionOf(delivery.subscriptionId);
    return event && { delivery, event, subscription };
  }

  private eventOf(id: string): EventRecord | null {
    let event = this.events.get(id);
    if (event === undefined) {
      const row = this.session.get(
        `SELECT e.*, b.body FROM {events} e LEFT JOIN {bodies} b ON b.event_id = e.id
         WHERE e.id = ?`,
        id,
      );
      event = row && decodeEvent(row);
      this.events.set(id, event);
    }
    return event;
  }

  private subscriptionOf(id: string): SubscriptionRecord | null {
    let subscription = this.subscriptions.get(id);
    if (subscription === undefined) {
      const row = this.session.get('SELECT * FROM {subscriptions} WHERE id = ?', id);
      subscription = row && this.codec.decode(row);
      this.subscriptions.set(id, subscription);
    }
    return subscription;
  }
}
