import { NOW, OPEN } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/** The statements that remove what is no longer to be kept. */
export interface RetentionStatements {
  /**
   * Removes a body and the answers to it, and cancels what waits: $1 event, $2 tenant. Tells whether
   * something else is due because of it.
   */
  readonly expunge: string;
  /**
   * Locks up to $3 events that may have ended before $2, which is now less $1 when null, and gives that
   * time with each.
   */
  readonly examine: string;
  /**
   * Forgets of the locked events $1 those that ended before $2. One whose deliveries are not all ended
   * so long is looked at again an age later. A statement of its own, so that it sees all that was made
   * pending until the events were locked.
   */
  readonly forget: string;
}

export function retentionStatements(t: Tables): RetentionStatements {
  return {
    expunge: `WITH event AS (
        UPDATE ${t.events} SET body = NULL WHERE id = $1 AND tenant = $2 RETURNING id
      ), waiting AS MATERIALIZED (
        SELECT d.id, d.due_at FROM ${t.deliveries} d
        WHERE d.event_id = (SELECT id FROM event) AND ${OPEN}
        ORDER BY d.id FOR NO KEY UPDATE
      ), cancelled AS (
        UPDATE ${t.deliveries} d SET status = 'cancelled', reason = 'payload removed',
          due_at = NULL, ended_at = ${NOW}
        WHERE d.id = ANY (ARRAY(SELECT id FROM waiting))
        RETURNING CASE
          WHEN d.ordering_key IS NOT NULL
            AND d.id = ANY (ARRAY(SELECT id FROM waiting WHERE due_at IS NOT NULL))
          THEN ${t.releaseLine}(d.subscription_id, d.ordering_key)
        END AS released
      ), answers AS (
        UPDATE ${t.attempts} a SET answer = NULL
        WHERE a.answer IS NOT NULL AND a.delivery_id = ANY (ARRAY(
          SELECT d.id FROM ${t.deliveries} d WHERE d.event_id = (SELECT id FROM event)
        ))
      )
      SELECT id, EXISTS (SELECT FROM cancelled WHERE released IS NOT NULL) AS released FROM event`,
    examine: `WITH moment AS MATERIALIZED (
        SELECT coalesce($2::bigint, ${NOW} - $1::bigint) AS ended_before
      )
      SELECT e.id, (SELECT ended_before FROM moment) AS ended_before FROM ${t.events} e
      WHERE e.purge_after < (SELECT ended_before FROM moment)
      ORDER BY e.purge_after LIMIT $3::int FOR UPDATE SKIP LOCKED`,
    forget: `WITH moment AS MATERIALIZED (
        SELECT ${NOW} AS now, $2::bigint AS ended_before
      ), examined AS MATERIALIZED (
        SELECT e.id FROM ${t.events} e WHERE e.id = ANY ($1::text[])
      ), ends AS MATERIALIZED (
        SELECT x.id, d.open, d.ended_at,
          d.open IS NOT TRUE AND coalesce(d.ended_at < moment.ended_before, true) AS is_over
        FROM moment CROSS JOIN examined x CROSS JOIN LATERAL (
          SELECT bool_or(d.status = 'pending') AS open, max(d.ended_at) AS ended_at
          FROM ${t.deliveries} d WHERE d.event_id = x.id
        ) d
      ), forgotten AS (
        DELETE FROM ${t.events} e
        WHERE e.id = ANY (ARRAY(SELECT ends.id FROM ends WHERE ends.is_over))
        RETURNING e.id
      ), postponed AS (
        UPDATE ${t.events} e SET purge_after = (
          SELECT CASE WHEN ends.open THEN moment.now ELSE ends.ended_at END
          FROM ends, moment WHERE ends.id = e.id
        )
        WHERE e.id = ANY (ARRAY(SELECT ends.id FROM ends WHERE NOT ends.is_over))
      ), deliveries AS (
        DELETE FROM ${t.deliveries} d WHERE d.event_id = ANY (ARRAY(SELECT id FROM forgotten))
        RETURNING d.id
      ), attempts AS (
        DELETE FROM ${t.attempts} a WHERE a.delivery_id = ANY (ARRAY(SELECT id FROM deliveries))
      )
      SELECT count(*)::int AS forgotten_count FROM forgotten`,
  };
}
