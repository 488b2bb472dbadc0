import type { IdFactory } from '../../platform/id.factory.js';
import { encodeEvent } from '../codec/event.codec.js';
import { flagOf, Row, textOf, textOrNull } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import { newDelivery } from '../delivery.factory.js';
import type { EventRecord } from '../event.record.js';
import type { AcceptTarget, Acceptance } from '../webhook.store.js';
import { timeOfDelivery } from './delivery.id.js';
import { DeliveryTable } from './delivery.table.js';
import { QueueTable } from './queue.table.js';
import type { Session } from './session.js';

type PatternTarget = Extract<AcceptTarget, { readonly patterns: readonly string[] }>;

/** Accepting events, on the store's connection or on the application's. */
export class AcceptStatements {
  private readonly deliveries: DeliveryTable;

  constructor(
    private readonly session: Session,
    private readonly codec: SubscriptionCodec,
    private readonly ids: IdFactory,
  ) {
    this.deliveries = new DeliveryTable(session, new QueueTable(session));
  }

  accept(event: EventRecord, target: AcceptTarget, now: number): Acceptance {
    const first = this.findByKey(event);
    if (first !== null) return first;
    const subscriptionIds = this.targets(event.tenant, target);
    this.insert(event, subscriptionIds.length, now);
    const deliveryIds = subscriptionIds.map((subscriptionId) => {
      const id = this.ids.create('dlv');
      this.deliveries.add(newDelivery(id, event, subscriptionId, false, timeOfDelivery(id)));
      return id;
    });
    const fingerprint = event.idempotency?.fingerprint ?? null;
    return { eventId: event.id, created: true, fingerprint, deliveryIds };
  }

  has(eventId: string): boolean {
    return this.session.get('SELECT 1 FROM {events} WHERE id = ?', eventId) !== null;
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

  private insert(event: EventRecord, open: number, now: number): void {
    const [id, type, tenant, method, body, ...rest] = encodeEvent(event);
    const endedAt = open === 0 ? now : null;
    this.session.run(
      `INSERT INTO {events} (id, type, tenant, method, occurred_at, idempotency_key, fingerprint,
         ordering_key, open, ended_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id!,
      type!,
      tenant!,
      method!,
      ...rest,
      open,
      endedAt,
    );
    this.session.run('INSERT INTO {bodies} (event_id, body) VALUES (?, ?)', id!, body!);
  }

  private targets(tenant: string, target: AcceptTarget): readonly string[] {
    if ('subscriptionId' in target) {
      const row = this.session.get(
        `SELECT id FROM {subscriptions} WHERE id = ? AND tenant = ? AND state = 'enabled'`,
        target.subscriptionId,
        tenant,
      );
      return row === null ? [] : [target.subscriptionId];
    }
    const { patterns, judgeAll } = target;
    const found = this.session.all(
      `SELECT DISTINCT s.id, s.filter IS NOT NULL AS filtered
       FROM {patterns} p CROSS JOIN {subscriptions} s ON s.id = p.subscription_id
       WHERE p.tenant = ? AND p.pattern IN (SELECT value FROM json_each(?)) AND s.state = 'enabled'`,
      tenant,
      JSON.stringify(patterns),
    );
    return found
      .filter((row) => {
        if (!judgeAll && !flagOf(row, 'filtered')) return true;
        const id = textOf(row, 'id');
        const whole = this.session.get('SELECT * FROM {subscriptions} WHERE id = ?', id);
        return this.admits(whole!, target);
      })
      .map((row) => textOf(row, 'id'));
  }

  private admits(row: Row, { admits }: PatternTarget): boolean {
    let subscription;
    try {
      subscription = this.codec.decode(row);
    } catch (error) {
      // Its delivery will end with this as the reason, instead of never having been.
      if (error instanceof UnreadableRecordError) return true;
      throw error;
    }
    return admits(subscription);
  }
}
