import { decodeAttempt } from '../codec/attempt.codec.js';
import { decodeDelivery, DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { textOrNull } from '../codec/row.js';
import type { AttemptRecord } from '../attempt.record.js';
import { DELIVERY_STATUSES, DeliveryRecord } from '../delivery.record.js';
import type { DeliveryFilter, PageRequest } from '../webhook.store.js';
import type { ConnectionPool } from './connection.pool.js';
import type { Tables } from './schema.tables.js';
import { firstDeliveryIdOf } from './sql.expressions.js';

const COLUMNS = DELIVERY_COLUMNS.map((column) => `d.${column}`).join(', ');
const ATTEMPT_COLUMNS = 'delivery_id, number, started_at, outcome, duration, status, answer, error';

/**
 * For one transaction: reading in the order of an index. With old statistics the planner would take
 * reading and sorting all of a long backlog for cheaper.
 */
const BY_INDEX = `SELECT set_config('enable_sort', 'off', true),
  set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`;

/** What support reads: deliveries and their attempts. */
export class DeliveryLog {
  constructor(
    private readonly tables: Tables,
    private readonly pool: ConnectionPool,
  ) {}

  async get(
    tenant: string,
    id: string,
  ): Promise<{ delivery: DeliveryRecord; attempts: readonly AttemptRecord[] } | null> {
    const { deliveries, attempts } = this.tables;
    // One statement sees both as they are at one moment.
    const rows = await this.pool.query(
      `SELECT ${COLUMNS}, (
          SELECT json_agg(a ORDER BY a.number)::text
          FROM (SELECT ${ATTEMPT_COLUMNS} FROM ${attempts} WHERE delivery_id = d.id) a
        ) AS attempt_list
        FROM ${deliveries} d WHERE d.id = $1 AND d.tenant = $2`,
      [id, tenant],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const list = JSON.parse(textOrNull(row, 'attempt_list') ?? '[]') as Record<string, unknown>[];
    return { delivery: decodeDelivery(row), attempts: list.map(decodeAttempt) };
  }

  async list(
    tenant: string,
    filter: DeliveryFilter,
    { after, limit }: PageRequest,
  ): Promise<readonly DeliveryRecord[]> {
    const params: unknown[] = [tenant];
    const { eventId, subscriptionId, status } = filter;
    const hasOwnIndex =
      eventId !== undefined || (subscriptionId !== undefined && status !== 'pending');
    // In words that no index has, where another index has less to go through.
    const where = [hasOwnIndex ? `d.tenant || '' = $1` : 'd.tenant = $1'];
    const also = (condition: string, value: unknown): void => {
      if (value === undefined || value === null) return;
      params.push(value);
      where.push(`${condition} $${params.length}`);
    };
    also('d.subscription_id =', subscriptionId);
    also('d.event_id =', eventId);
    also('d.event_type =', filter.eventType);
    also('d.id <', after);
    // An id begins with the time of its making.
    also('d.id >=', filter.since === undefined ? null : firstDeliveryIdOf(filter.since));
    also('d.id <', filter.until === undefined ? null : firstDeliveryIdOf(filter.until));
    if (status !== undefined) {
      // As a literal, so that the planner can see which partial index holds it.
      if (!DELIVERY_STATUSES.includes(status)) return [];
      where.push(`d.status = '${status}'`);
    }
    params.push(limit);
    const select = `SELECT ${COLUMNS} FROM ${this.tables.deliveries} d
      WHERE ${where.join(' AND ')} ORDER BY d.id DESC LIMIT $${params.length}`;
    const rows = await this.pool.transaction(async (query) => {
      // Those of an event are few, and in another order.
      if (eventId === undefined) await query(BY_INDEX);
      return query(select, params);
    });
    return rows.map(decodeDelivery);
  }
}
