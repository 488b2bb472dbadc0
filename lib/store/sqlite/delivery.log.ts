import { decodeAttempt } from '../codec/attempt.codec.js';
import { decodeDelivery } from '../codec/delivery.codec.js';
import type { AttemptRecord } from '../attempt.record.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { DeliveryFilter, PageRequest } from '../webhook.store.js';
import { firstDeliveryIdOf } from './delivery.id.js';
import type { Session } from './session.js';
import type { SqliteValue } from './sqlite.database.js';

/** What support reads: deliveries and their attempts. */
export class DeliveryLog {
  constructor(private readonly session: Session) {}

  get(
    tenant: string,
    id: string,
  ): { delivery: DeliveryRecord; attempts: readonly AttemptRecord[] } | null {
    const row = this.session.get(
      'SELECT * FROM {deliveries} WHERE id = ? AND tenant = ?',
      id,
      tenant,
    );
    if (row === null) return null;
    const attempts = this.session.all(
      'SELECT * FROM {attempts} WHERE delivery_id = ? ORDER BY number',
      id,
    );
    return { delivery: decodeDelivery(row), attempts: attempts.map(decodeAttempt) };
  }

  list(
    tenant: string,
    filter: DeliveryFilter,
    { after, limit }: PageRequest,
  ): readonly DeliveryRecord[] {
    const where: string[] = [];
    const values: SqliteValue[] = [];
    const also = (condition: string, value: SqliteValue | undefined): void => {
      if (value === undefined || value === null) return;
      where.push(`${condition} ?`);
      values.push(value);
    };
    const { subscriptionId, eventId, eventType, status, since, until } = filter;
    // The plus keeps the planner from an index: that of the other condition has less to go through.
    const narrowed = subscriptionId !== undefined || eventId !== undefined;
    also(narrowed ? '+tenant =' : 'tenant =', tenant);
    also(eventId === undefined ? 'subscription_id =' : '+subscription_id =', subscriptionId);
    also('event_id =', eventId);
    also('+event_type =', eventType);
    also('status =', status);
    also('id <', after);
    also('id >=', since === undefined ? undefined : firstDeliveryIdOf(since));
    also('id <', until === undefined ? undefined : firstDeliveryIdOf(until));
    const rows = this.session.all(
      `SELECT * FROM {deliveries} WHERE ${where.join(' AND ')} ORDER BY id DESC LIMIT ?`,
      ...values,
      limit,
    );
    return rows.map(decodeDelivery);
  }
}
