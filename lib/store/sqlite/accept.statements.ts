import type { IdFactory } from '../../platform/id.factory.js';
import { textOf, textOrNull } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { newDelivery } from '../delivery.factory.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
import type { AcceptTarget, Acceptance } from '../webhook.store.js';
import { timeOfDelivery } from './delivery.id.js';
import { DeliveryTable } from './delivery.table.js';
import { EventTable } from './event.table.js';
import { QueueTable } from './queue.table.js';
import type { Session } from './session.js';
import { SubscriptionReader } from './subscription.reader.js';
import { TargetFinder } from './target.finder.js';

/** An event, and the subscriptions that get it, each with the id of its delivery. */
interface Matched {
  readonly event: EventRecord;
  readonly subscriptionIds: readonly string[];
  readonly deliveryIds: readonly string[];
}

/** An event, and which subscriptions are to get it. */
export interface Offer {
  readonly event: EventRecord;
  readonly target: AcceptTarget;
}

/** Accepting events, on the store's connection or on the application's. */
export class AcceptStatements {
  private readonly events: EventTable;
  private readonly deliveries: DeliveryTable;
  private readonly subscriptions: SubscriptionReader;

  constructor(
    private readonly session: Session,
    codec: SubscriptionCodec,
    private readonly ids: IdFactory,
  ) {
    this.events = new EventTable(session);
    this.deliveries = new DeliveryTable(session, new QueueTable(session));
    this.subscriptions = new SubscriptionReader(session, codec);
  }

  accept(event: EventRecord, target: AcceptTarget, now: number): Acceptance {
    return this.findByKey(event) ?? this.acceptNew([{ event, target }], now)[0]!;
  }

  /** Accepts events whose idempotency keys, if they have any, are not in use. */
  acceptNew(offers: readonly Offer[], now: number): readonly Acceptance[] {
    const targets = new TargetFinder(this.session, this.subscriptions);
    const matched = offers.map(({ event, target }) => {
      const subscriptionIds = targets.find(event.tenant, target);
      return {
        event,
        subscriptionIds,
        deliveryIds: subscriptionIds.map(() => this.ids.create('dlv')),
      };
    });
    this.events.add(
      matched.map(({ event, deliveryIds }) => ({ event, open: deliveryIds.length })),
      now,
    );
    this.deliveries.add(deliveriesOf(matched));
    return matched.map(({ event, deliveryIds }) => {
      const fingerprint = event.idempotency?.fingerprint ?? null;
      return { eventId: event.id, created: true, fingerprint, deliveryIds };
    });
  }

  private findByKey({ tenant, idempotency }: EventRecord): Acceptance | null {
    if (idempotency === null) return null;
    const row = this.session.get(
      'SELECT id, fingerprint FROM {events} WHERE tenant = ? AND idempotency_key = ?',
      tenant,
      idempotency.key,
    );
    if (row === null) return null;
    const eventId = textOf(row, 'id');
    const deliveries = this.session.all(
      'SELECT id FROM {deliveries} WHERE event_id = ? ORDER BY id',
      eventId,
    );
    const deliveryIds = deliveries.map((delivery) => textOf(delivery, 'id'));
    return { eventId, created: false, fingerprint: textOrNull(row, 'fingerprint'), deliveryIds };
  }
}

/** One after the other, since those of one event may be very many. */
function* deliveriesOf(matched: readonly Matched[]): Iterable<DeliveryRecord> {
  for (const { event, subscriptionIds, deliveryIds } of matched) {
    for (const [index, id] of deliveryIds.entries()) {
      yield newDelivery(id, event, subscriptionIds[index]!, false, timeOfDelivery(id));
    }
  }
}
