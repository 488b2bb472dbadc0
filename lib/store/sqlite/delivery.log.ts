import { decodeAttempt } from '../codec/attempt.codec.js';
import { decodeDelivery } from '../codec/delivery.codec.js';
import type { Row } from '../codec/row.js';
import type { AttemptRecord } from '../attempt.record.js';
import { DELIVERY_STATUSES, DeliveryRecord } from '../delivery.record.js';
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

  list(tenant: string, filter: DeliveryFilter, page: PageRequest): readonly DeliveryRecord[] {
    const { eventId, status } = filter;
    // The other indexes hold deliveries by state: those of each are in order by themselves.
    const states = eventId === undefined && status === undefined ? DELIVERY_STATUSES : [status];
    return states
      .flatMap((state) => this.newest(tenant, { ...filter, ...(state && { status: state }) }, page))
      .map(decodeDelivery)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, page.limit);
  }

  private newest(
    tenant: string,
    filter: DeliveryFilter,
    { after, limit }: PageRequest,
  ): readonly Row[] {
    const where: string[] = [];
    const values: SqliteValue[] = [];
    const also = (condition: string, value: SqliteValue | undefined): void => {
      if (value === undefined || value === null) return;
      where.push(`${condition} ?`);
      values.push(value);
    };
    also('tenant =', tenant);
    also('subscription_id =', filter.subscriptionId);
    also('event_id =', filter.eventId);
    also('event_type =', filter.eventType);
    if (filter.status === 'pending') where.push("status = 'pending'");
    // Without this SQLite does not know that the index of what has ended will do.
    else if (filter.status !== undefined) also("status <> 'pending' AND status =", filter.status);
    also('id <', after);
    also('id >=', idOf(filter.since));
    also('id <', idOf(filter.until));
    return this.session.all(
      `SELECT * FROM {deliveries} INDEXED BY ${indexFor(filter)}
       WHERE ${where.join(' AND ')} ORDER BY id DESC LIMIT ?`,
      ...values,
      limit,
    );
  }
}

/** Named, since statistics could lead the planner to one that has more to go through. */
function indexFor({ eventId, subscriptionId, status }: DeliveryFilter): string {
  if (eventId !== undefined) return '{deliveries_event}';
  const whose = subscriptionId === undefined ? 'tenant' : 'subscription';
  return `{deliveries_${whose}_${status === 'pending' ? 'pending' : 'ended'}}`;
}

function idOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : firstDeliveryIdOf(time);
}
