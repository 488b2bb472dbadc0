import type { IdFactory } from '../../platform/id.factory.js';
import type { Backfilled, BackfillRequest } from '../backfill.request.js';
import { decodeDelivery } from '../codec/delivery.codec.js';
import { decodeEvent } from '../codec/event.codec.js';
import { numberOf, numberOrNull, Row, textOf } from '../codec/row.js';
import { newDelivery } from '../delivery.factory.js';
import { matchesPattern } from '../pattern.js';
import type { RestartAnswer } from '../webhook.store.js';
import { timeOfDelivery } from './delivery.id.js';
import type { DeliveryTable } from './delivery.table.js';
import type { Session } from './session.js';

const NOTHING: Backfilled = { deliveryIds: [], next: null };

/** Making deliveries pending that have ended, and new ones for events of the past. */
export class RestartStatements {
  constructor(
    private readonly session: Session,
    private readonly deliveries: DeliveryTable,
    private readonly ids: IdFactory,
  ) {}

  restart(tenant: string, id: string, now: number): RestartAnswer {
    const row = this.session.get(
      'SELECT * FROM {deliveries} WHERE id = ? AND tenant = ?',
      id,
      tenant,
    );
    if (row === null) return 'not-found';
    if (numberOrNull(row, 'lease_until') !== null) return 'in-flight';
    if (!this.hasBody(textOf(row, 'event_id'))) return 'expunged';
    if (!this.isEnabled(tenant, textOf(row, 'subscription_id'))) return 'disabled';
    this.deliveries.restart(decodeDelivery(row), false, now);
    return 'restarted';
  }

  recover(tenant: string, request: BackfillRequest, now: number): Backfilled {
    const { subscriptionId, since, until, patterns, after, limit } = request;
    if (!this.isEnabled(tenant, subscriptionId)) return NOTHING;
    const part = `SELECT d.id, d.event_id, e.type, e.occurred_at
      FROM {deliveries} d CROSS JOIN {events} e ON e.id = d.event_id
      WHERE d.subscription_id = ? AND d.status = ? AND d.status <> 'pending' AND d.id > ?
      ORDER BY d.id LIMIT ?`;
    const rows = this.session.all(
      `SELECT * FROM (${part}) UNION ALL SELECT * FROM (${part}) ORDER BY id LIMIT ?`,
      subscriptionId,
      'exhausted',
      after ?? '',
      limit,
      subscriptionId,
      'cancelled',
      after ?? '',
      limit,
      limit,
    );
    const deliveryIds = rows
      .filter((row) => {
        const occurredAt = numberOf(row, 'occurred_at');
        return occurredAt >= since && occurredAt < until;
      })
      .filter((row) => this.isWanted(row, 'event_id', patterns))
      .map((row) => textOf(row, 'id'));
    for (const id of deliveryIds) this.replayed(id, now);
    const last = rows.length < limit ? undefined : rows.at(-1);
    return { deliveryIds, next: last === undefined ? null : textOf(last, 'id') };
  }

  replay(tenant: string, request: BackfillRequest, now: number): Backfilled {
    const { subscriptionId, until, patterns, limit } = request;
    if (!this.isEnabled(tenant, subscriptionId)) return NOTHING;
    const rows = this.session.all(
      `SELECT id, type, occurred_at FROM {events}
       WHERE tenant = ? AND (occurred_at, id) > (?, ?) AND occurred_at < ?
       ORDER BY occurred_at, id LIMIT ?`,
      tenant,
      ...eventCursor(request),
      until,
      limit,
    );
    const deliveryIds = rows
      .filter((row) => this.isWanted(row, 'id', patterns))
      .flatMap((row) => this.replayOne(textOf(row, 'id'), request, now) ?? []);
    const last = rows.length < limit ? undefined : rows.at(-1);
    const next = last && `${numberOf(last, 'occurred_at')}:${textOf(last, 'id')}`;
    return { deliveryIds, next: next ?? null };
  }

  private replayOne(
    eventId: string,
    { subscriptionId, admits }: BackfillRequest,
    now: number,
  ): string | null {
    const had = this.session.get(
      'SELECT id, status FROM {deliveries} WHERE event_id = ? AND subscription_id = ?',
      eventId,
      subscriptionId,
    );
    if (had !== null) {
      if (textOf(had, 'status') === 'pending') return null;
      const id = textOf(had, 'id');
      this.replayed(id, now);
      return id;
    }
    const row = this.session.get(
      `SELECT e.*, b.body FROM {events} e JOIN {bodies} b ON b.event_id = e.id WHERE e.id = ?`,
      eventId,
    );
    const event = decodeEvent(row!);
    if (!admits(event)) return null;
    const id = this.ids.create('dlv');
    this.deliveries.reopen(eventId);
    this.deliveries.add([newDelivery(id, event, subscriptionId, true, timeOfDelivery(id))]);
    return id;
  }

  private replayed(id: string, now: number): void {
    const row = this.session.get('SELECT * FROM {deliveries} WHERE id = ?', id);
    this.deliveries.restart(decodeDelivery(row!), true, now);
  }

  private isWanted(row: Row, eventId: string, patterns: readonly string[]): boolean {
    return matchesPattern(textOf(row, 'type'), patterns) && this.hasBody(textOf(row, eventId));
  }

  private hasBody(eventId: string): boolean {
    return this.session.get('SELECT 1 FROM {bodies} WHERE event_id = ?', eventId) !== null;
  }

  private isEnabled(tenant: string, id: string): boolean {
    const row = this.session.get(
      `SELECT 1 FROM {subscriptions} WHERE id = ? AND tenant = ? AND state = 'enabled'`,
      id,
      tenant,
    );
    return row !== null;
  }
}

/** The event after which to go on: its time and id. */
function eventCursor({ after, since }: BackfillRequest): [number, string] {
  if (after === null) return [since, ''];
  const cut = after.indexOf(':');
  return [Number(after.slice(0, cut)), after.slice(cut + 1)];
}
