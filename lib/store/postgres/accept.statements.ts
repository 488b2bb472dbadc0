import { deliveryId, nextOrdinal, NOW, NOW_MICROSECONDS } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/** The statements that take events in. */
export interface AcceptStatements {
  /** Calls `acceptFunction`. */
  readonly offered: string;
  /** The event as $1 to $9, $10 wants, $11 judge all, $12 notify, $13 ids of the subscriptions that are admitted. */
  readonly judged: string;
  /** The event as $1 to $9, $10 id of the only subscription, $11 notify. */
  readonly single: string;
  /** The event that holds a key: $1 tenant, $2 key. */
  readonly holderOfKey: string;
}

const ENABLED = `s.tenant = $3 AND s.state = 'enabled'`;
const FREE = '(s.filter IS NULL AND NOT $11::boolean)';

export function acceptStatements(t: Tables): AcceptStatements {
  return {
    offered: `SELECT * FROM ${t.acceptEvents}($1::json, $2::boolean)`,
    judged: accepting(
      t,
      `s.wants && $10::text[] AND ${ENABLED} AND (${FREE} OR s.id = ANY ($13::text[]))`,
      '$12::boolean',
    ),
    single: accepting(t, `s.id = $10::text AND ${ENABLED}`, '$11::boolean'),
    holderOfKey: `SELECT e.id AS event_id, e.fingerprint, (
        SELECT string_agg(d.id, ',' ORDER BY d.id) FROM ${t.deliveries} d WHERE d.event_id = e.id
      ) AS delivery_ids
      FROM ${t.events} e WHERE e.tenant = $1::text AND e.idempotency_key = $2::text`,
  };
}

/** The body comes as base64, which every client can pass on. */
function accepting(t: Tables, targets: string, notify: string): string {
  return `WITH event AS (
    INSERT INTO ${t.events}
      (id, type, tenant, method, body, occurred_at, idempotency_key, fingerprint, ordering_key,
        purge_after)
    SELECT $1::text, $2::text, $3::text, $4::text, decode($5::text, 'base64'), $6::bigint,
      $7::text, $8::text, $9::text, ${NOW}
    ON CONFLICT (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
    RETURNING id
  ), moment AS MATERIALIZED (
    SELECT ${NOW_MICROSECONDS} AS us
  ), made AS (
    INSERT INTO ${t.deliveries}
      (id, event_id, event_type, subscription_id, tenant, status, generation, due_at, created_at,
        ordering_key, ordinal)
    SELECT ${deliveryId('us')}, event.id, $2, s.id, s.tenant, 'pending', s.generation,
      us / 1000, us / 1000, $9::text, ${nextOrdinal(t, '$9::text')}
    FROM event CROSS JOIN moment CROSS JOIN ${t.subscriptions} s WHERE ${targets}
    RETURNING id
  )
  SELECT (SELECT id FROM event) AS event_id,
    (SELECT string_agg(id, ',' ORDER BY id) FROM made) AS delivery_ids,
    CASE WHEN ${notify} AND EXISTS (SELECT FROM made)
      THEN pg_notify('${t.channel}', '')::text END AS notified`;
}
