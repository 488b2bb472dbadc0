import { NOW, WAITING } from './sql.expressions.js';
import { once, Statement } from './sql.statement.js';
import type { Tables } from './schema.tables.js';

/** The statements that remove what is no longer to be kept. */
export interface RetentionStatements {
  /** Removes a body and the answers to it, and cancels what waits: $1 event, $2 tenant. */
  readonly expunge: Statement;
  /**
   * Forgets events that ended before $2 (which is now less $1 when null), having looked at $3 of them.
   * One whose deliveries are not all ended so long is looked at again an age later.
   */
  readonly purge: Statement;
}

export function retentionStatements(t: Tables): RetentionStatements {
  return {
    expunge: once(`WITH event AS (
        UPDATE ${t.events} SET body = NULL WHERE id = $1 AND tenant = $2 RETURNING id
      ), waiting AS MATERIALIZED (
        SELECT d.id FROM ${t.deliveries} d
        WHERE d.event_id = (SELECT id FROM event) AND ${WAITING}
        ORDER BY d.id FOR NO KEY UPDATE
      ), cancelled AS (
        UPDATE ${t.deliveries} d SET status = 'cancelled', reason = 'payload removed',
          due_at = NULL, ended_at = ${NOW}
        WHERE d.id = ANY (ARRAY(SELECT id FROM waiting))
      ), answers AS (
        UPDATE ${t.attempts} a SET answer = NULL
        WHERE a.answer IS NOT NULL AND a.delivery_id = ANY (ARRAY(
          SELECT d.id FROM ${t.deliveries} d WHERE d.event_id = (SELECT id FROM event)
        ))
      )
      SELECT id FROM event`),
    purge: once(`WITH moment AS MATERIALIZED (
        SELECT ${NOW} AS now, coalesce($2::bigint, ${NOW} - $1::bigint) AS ended_before
      ), examined AS MATERIALIZED (
        SELECT e.id FROM ${t.events} e WHERE e.purge_after < (SELECT ended_before FROM moment)
        ORDER BY e.purge_after LIMIT $3::int FOR UPDATE SKIP LOCKED
      ), ends AS MATERIALIZED (
        SELECT x.id, bool_or(d.status = 'pending') AS open, max(d.ended_at) AS ended_at
        FROM examined x LEFT JOIN ${t.deliveries} d ON d.event_id = x.id GROUP BY x.id
      ), forgotten AS (
        DELETE FROM ${t.events} e USING ends, moment
        WHERE e.id = ends.id AND ends.open IS NOT TRUE
          AND coalesce(ends.ended_at < moment.ended_before, true)
        RETURNING e.id
      ), postponed AS (
        UPDATE ${t.events} e
        SET purge_after = CASE WHEN ends.open THEN moment.now ELSE ends.ended_at END
        FROM ends, moment
        WHERE e.id = ends.id AND (ends.open OR ends.ended_at >= moment.ended_before)
      ), deliveries AS (
        DELETE FROM ${t.deliveries} d WHERE d.event_id = ANY (ARRAY(SELECT id FROM forgotten))
        RETURNING d.id
      ), attempts AS (
        DELETE FROM ${t.attempts} a WHERE a.delivery_id = ANY (ARRAY(SELECT id FROM deliveries))
      )
      SELECT (SELECT count(*) FROM examined)::int AS examined_count,
        (SELECT count(*) FROM forgotten)::int AS forgotten_count, ended_before
      FROM moment`),
  };
}
