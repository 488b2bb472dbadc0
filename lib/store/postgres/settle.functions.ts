import { NOW } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { storedFunction } from './stored.function.js';

const COLUMNS = [
  'number bigint',
  'subscription_id text',
  'disables boolean',
  'recovered boolean',
  'status text',
  'released text',
];

/** Functions that end attempts, given as a list, see `givenOf`. */
export function settleFunctions(t: Tables): readonly string[] {
  return [
    storedFunction(`${t.settleAttempts} (json)`, COLUMNS, settling(t, 'NO KEY UPDATE')),
    // Only this lock waits for claims under way, and keeps new ones from beginning.
    storedFunction(`${t.settleAndDisable} (json)`, COLUMNS, settling(t, 'UPDATE')),
  ];
}

/**
 * Locks subscriptions before deliveries, and both in the order of their ids, as everything here does.
 * A subscription that only had successes and was not failing stays as it is, and is not locked.
 */
function settling(t: Tables, lock: string): string {
  return `WITH moment AS MATERIALIZED (
    SELECT ${NOW} AS now
  ), given AS MATERIALIZED (
    SELECT g.*, g.outcome = 'success' AS success FROM ROWS FROM (json_to_recordset($1) AS (
      delivery_id text, attempt integer, outcome text, duration integer, status integer, answer text,
      error text, next text, due_in bigint, reason text, disable text
    )) WITH ORDINALITY AS g (delivery_id, attempt, outcome, duration, status, answer, error,
      next, due_in, reason, disable, number)
  ), concerned AS MATERIALIZED (
    SELECT d.subscription_id, NOT g.success OR g.next = 'pending' AS changes
    FROM ${t.deliveries} d JOIN given g ON g.delivery_id = d.id
    WHERE d.id = ANY (ARRAY(SELECT delivery_id FROM given)) AND d.attempts = g.attempt AND d.lease_until IS NOT NULL
  ), subs AS MATERIALIZED (
    SELECT s.id, s.state, s.failing_since, s.generation FROM ${t.subscriptions} s
    WHERE s.id = ANY (ARRAY(SELECT subscription_id FROM concerned))
      AND (s.failing_since IS NOT NULL
        OR s.id = ANY (ARRAY(SELECT subscription_id FROM concerned WHERE changes)))
    ORDER BY s.id FOR ${lock}
  ), locked AS MATERIALIZED (
    SELECT d.id, d.attempts, d.subscription_id, d.event_id, d.ordering_key FROM ${t.deliveries} d
    WHERE d.id = ANY (ARRAY(SELECT delivery_id FROM given)) AND d.lease_until IS NOT NULL
      AND (SELECT count(*) FROM subs) >= 0
    ORDER BY d.id FOR NO KEY UPDATE
  ), held AS MATERIALIZED (
    SELECT DISTINCT ON (l.id) g.*, l.subscription_id, l.event_id, l.ordering_key, s.id AS known, s.state,
      s.failing_since, s.generation
    FROM locked l
    JOIN given g ON g.delivery_id = l.id AND g.attempt = l.attempts
    LEFT JOIN subs s ON s.id = l.subscription_id
    ORDER BY l.id, g.number
  ), runs AS MATERIALIZED (
    SELECT subscription_id, bool_or(success) AS recovers,
      (array_agg(success ORDER BY number DESC))[1] AS ends_well,
      min(number) FILTER (WHERE disable IS NOT NULL AND state = 'enabled') AS disabler,
      (array_agg(disable ORDER BY number) FILTER (WHERE disable IS NOT NULL))[1] AS disable
    FROM held WHERE known IS NOT NULL GROUP BY subscription_id
  ), changed AS (
    UPDATE ${t.subscriptions} s SET
      failing_since = CASE WHEN r.ends_well THEN NULL WHEN r.recovers THEN (SELECT now FROM moment)
        ELSE coalesce(s.failing_since, (SELECT now FROM moment)) END,
      state = CASE WHEN r.disabler IS NULL THEN s.state ELSE 'disabled' END,
      disabled_reason = CASE WHEN r.disabler IS NULL THEN s.disabled_reason ELSE r.disable END,
      disabled_at = CASE WHEN r.disabler IS NULL THEN s.disabled_at ELSE (SELECT now FROM moment) END,
      updated_at = CASE WHEN r.disabler IS NULL THEN s.updated_at ELSE (SELECT now FROM moment) END
    FROM runs r
    WHERE s.id = ANY (ARRAY(SELECT subscription_id FROM runs)) AND s.id = r.subscription_id
      AND (r.disabler IS NOT NULL OR r.recovers OR s.failing_since IS NULL)
  ), decided AS MATERIALIZED (
    SELECT h.*, e.expunged, r.disabler IS NOT DISTINCT FROM h.number AS disables,
      h.success AND h.known IS NOT NULL AND coalesce(
        NOT lag(h.success) OVER (PARTITION BY h.subscription_id ORDER BY h.number),
        h.failing_since IS NOT NULL
      ) AS recovered,
      CASE
        WHEN h.next <> 'pending' THEN NULL
        WHEN e.expunged THEN 'payload removed'
        WHEN h.known IS NULL THEN 'subscription deleted'
        WHEN h.state <> 'enabled' OR r.disabler IS NOT NULL THEN 'subscription disabled'
      END AS cancelled
    FROM held h
    LEFT JOIN LATERAL (
      SELECT e.body IS NULL AS expunged FROM ${t.events} e WHERE e.id = h.event_id OFFSET 0
    ) e ON true
    LEFT JOIN runs r ON r.subscription_id = h.subscription_id
  ), ended AS (
    UPDATE ${t.deliveries} d SET lease_until = NULL, later = true,
      generation = coalesce(c.generation, d.generation),
      status = CASE WHEN c.cancelled IS NULL THEN c.next ELSE 'cancelled' END,
      reason = coalesce(c.cancelled, c.reason),
      due_at = CASE WHEN c.cancelled IS NULL AND c.next = 'pending' THEN (SELECT now FROM moment) + c.due_in END,
      ended_at = CASE WHEN c.cancelled IS NOT NULL OR c.next <> 'pending' THEN (SELECT now FROM moment) END
    FROM decided c WHERE d.id = ANY (ARRAY(SELECT delivery_id FROM given)) AND d.id = c.delivery_id
  ), recorded AS (
    UPDATE ${t.attempts} a SET outcome = h.outcome, duration = h.duration, status = h.status,
      answer = CASE WHEN NOT h.expunged THEN h.answer END, error = h.error
    FROM decided h
    WHERE a.delivery_id = ANY (ARRAY(SELECT delivery_id FROM given)) AND a.delivery_id = h.delivery_id AND a.number = h.attempt
  )
  SELECT number, subscription_id, disables, recovered,
    CASE WHEN cancelled IS NULL THEN next ELSE 'cancelled' END,
    CASE WHEN ordering_key IS NOT NULL AND (cancelled IS NOT NULL OR next <> 'pending')
      THEN ${t.releaseLine}(subscription_id, ordering_key) END
  FROM decided`;
}
