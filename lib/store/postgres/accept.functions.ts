import { deliveryId, nextOrdinal, NOW, NOW_MICROSECONDS } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { storedFunction } from './stored.function.js';
import { selectSubscription } from './subscription.columns.js';

const COLUMNS = [
  'number bigint',
  'event_id text',
  'delivery_ids text',
  'candidate text',
  'notified text',
];

const JUDGED = '(s.filter IS NOT NULL OR g.judge_all)';

/**
 * Takes events in, given as a list in $1, see `offerOf`. $2 tells whether other processes are told.
 *
 * An event for subscriptions that must be judged is not accepted, and these are given: a row for each, as
 * JSON. It is accepted when it is handed over again with those that are admitted. Every other event has one row; without its id the key is another event's.
 */
export function acceptFunction(t: Tables): string {
  return storedFunction(
    `${t.acceptEvents} (json, boolean)`,
    COLUMNS,
    `WITH given AS MATERIALIZED (
      SELECT * FROM ROWS FROM (json_to_recordset($1) AS (id text, type text, tenant text, method text,
        body text, occurred_at bigint, key text, fingerprint text, ordering_key text, wants text[],
        judge_all boolean, admitted text[], single text)) WITH ORDINALITY AS g (id, type, tenant,
        method, body, occurred_at, key, fingerprint, ordering_key, wants, judge_all, admitted, single,
        number)
    ), wanting AS MATERIALIZED (
      SELECT g.number, s.* FROM given g CROSS JOIN LATERAL (
        SELECT s.id, s.generation, g.admitted IS NULL AND ${JUDGED} AS judged
        FROM ${t.subscriptions} s
        WHERE s.wants && g.wants AND s.state = 'enabled'
          AND (g.admitted IS NULL OR NOT ${JUDGED} OR s.id = ANY (g.admitted))
        UNION ALL
        SELECT s.id, s.generation, false FROM ${t.subscriptions} s
        WHERE s.id = g.single AND s.tenant = g.tenant AND s.state = 'enabled' OFFSET 0
      ) s
    ), candidates AS MATERIALIZED (
      SELECT w.number, row_to_json(s)::text AS candidate FROM wanting w CROSS JOIN LATERAL (
        SELECT ${selectSubscription('s')} FROM ${t.subscriptions} s WHERE s.id = w.id OFFSET 0
      ) s WHERE w.judged
    ), event AS (
      INSERT INTO ${t.events}
        (id, type, tenant, method, body, occurred_at, idempotency_key, fingerprint,
          ordering_key, purge_after)
      SELECT id, type, tenant, method, decode(body, 'base64'), occurred_at, key, fingerprint,
        ordering_key, ${NOW}
      FROM given WHERE number <> ALL (ARRAY(SELECT number FROM candidates)) ORDER BY number
      ON CONFLICT (tenant, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
      RETURNING id
    ), moment AS MATERIALIZED (
      SELECT ${NOW_MICROSECONDS} AS us
    ), made AS (
      INSERT INTO ${t.deliveries}
        (id, event_id, event_type, subscription_id, tenant, status, generation, due_at,
          created_at, ordering_key, ordinal)
      SELECT ${deliveryId('us')}, g.id, g.type, w.id, g.tenant, 'pending', w.generation,
        us / 1000, us / 1000, g.ordering_key, ${nextOrdinal(t, 'g.ordering_key')}
      FROM moment, event JOIN given g ON g.id = event.id JOIN wanting w ON w.number = g.number
      ORDER BY g.number
      RETURNING id, event_id
    ), accepted AS MATERIALIZED (
      SELECT event.id, string_agg(made.id, ',' ORDER BY made.id) AS delivery_ids
      FROM event LEFT JOIN made ON made.event_id = event.id GROUP BY event.id
    )
    SELECT g.number, a.id, a.delivery_ids, c.candidate,
      (SELECT CASE WHEN $2 AND EXISTS (SELECT FROM made) THEN pg_notify('${t.channel}', '')::text END)
    FROM given g
    LEFT JOIN accepted a ON a.id = g.id
    LEFT JOIN candidates c ON c.number = g.number`,
  );
}
