import { deliveryId, NOW, NOW_MICROSECONDS } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { selectSubscription } from './subscription.columns.js';

/** The statements that take an event in. All of the first three have the event as $1 to $8. */
export interface AcceptStatements {
  /**
   * $10 patterns, $11 judge all. With subscriptions to be judged it accepts nothing and gives them;
   * otherwise it accepts, in one round trip.
   */
  readonly wanting: string;
  /** $10 patterns, $11 judge all, $12 ids of the subscriptions that are admitted. */
  readonly judged: string;
  /** $10 id of the only subscription. */
  readonly single: string;
  /** The event that holds a key: $1 tenant, $2 key. */
  readonly holderOfKey: string;
}

const MATCHING = `s.tenant = $3 AND s.state = 'enabled' AND s.event_types && $10::text[]`;
const FREE = '(s.filter IS NULL AND NOT $11::boolean)';

export function acceptStatements(t: Tables): AcceptStatements {
  const candidates = `candidates AS MATERIALIZED (
    SELECT ${selectSubscription('s')} FROM ${t.subscriptions} s WHERE ${MATCHING} AND NOT ${FREE}
  ), `;
  return {
    wanting: `WITH ${candidates}${accepting(t, `${MATCHING} AND ${FREE}`, 'WHERE NOT EXISTS (SELECT FROM candidates)')}
      SELECT accepted.*, c.* FROM accepted LEFT JOIN candidates c ON true`,
    judged: `WITH ${accepting(t, `${MATCHING} AND (${FREE} OR s.id = ANY ($12::text[]))`)}
      SELECT * FROM accepted`,
    single: `WITH ${accepting(t, `s.id = $10::text AND s.tenant = $3 AND s.state = 'enabled'`)}
      SELECT * FROM accepted`,
    holderOfKey: `SELECT e.id AS event_id, e.fingerprint, (
        SELECT string_agg(d.id, ',' ORDER BY d.id) FROM ${t.deliveries} d WHERE d.event_id = e.id
      ) AS delivery_ids
      FROM ${t.events} e WHERE e.tenant = $1::text AND e.idempotency_key = $2::text`,
  };
}

/** $9 tells whether other processes are told. The body comes as base64, which every client can pass on. */
function accepting(t: Tables, targets: string, unless = ''): string {
  return `event AS (
    INSERT INTO ${t.events}
      (id, type, tenant, method, body, occurred_at, idempotency_key, fingerprint, purge_after)
    SELECT $1::text, $2::text, $3::text, $4::text, decode($5::text, 'base64'), $6::bigint,
      $7::text, $8::text, ${NOW} ${unless}
    ON CONFLICT (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
    RETURNING id
  ), moment AS MATERIALIZED (
    SELECT ${NOW_MICROSECONDS} AS us
  ), made AS (
    INSERT INTO ${t.deliveries}
      (id, event_id, event_type, subscription_id, tenant, status, generation, due_at, created_at)
    SELECT ${deliveryId('us')}, event.id, $2, s.id, s.tenant, 'pending', s.generation,
      us / 1000, us / 1000
    FROM event CROSS JOIN moment CROSS JOIN ${t.subscriptions} s WHERE ${targets}
    RETURNING id
  ), accepted AS (
    SELECT (SELECT id FROM event) AS event_id,
      (SELECT string_agg(id, ',' ORDER BY id) FROM made) AS delivery_ids,
      CASE WHEN $9::boolean AND EXISTS (SELECT FROM made)
        THEN pg_notify('${t.channel}', '')::text END AS notified
  )`;
}
