import { NOW, OPEN } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/** The statements that cancel what waits for subscriptions that were disabled or deleted. */
export interface CancelStatements {
  /** Begins a new generation of the subscriptions $1: all that waits now is to be cancelled, because $2. */
  readonly begin: string;
  /** Cancels at most $1, of whichever subscription nobody else is at. */
  readonly some: string;
  /** Cancels at most $1 of the subscription $2. */
  readonly someOf: string;
}

export function cancelStatements(t: Tables): CancelStatements {
  return {
    begin: `WITH ended AS (
        UPDATE ${t.subscriptions} s SET generation = s.generation + 1
        WHERE s.id = ANY ($1::text[]) RETURNING s.id, s.generation
      )
      INSERT INTO ${t.cancellations} (subscription_id, generation, reason)
      SELECT id, generation, $2::text FROM ended ORDER BY id
      ON CONFLICT (subscription_id) DO UPDATE
        SET generation = excluded.generation, reason = excluded.reason`,
    some: cancelling(t, 'ORDER BY c.subscription_id LIMIT 1 FOR UPDATE SKIP LOCKED'),
    someOf: cancelling(t, 'WHERE c.subscription_id = $2::text FOR UPDATE'),
  };
}

/**
 * It waits for no delivery: whoever ends a subscription has it locked, and a claim under way may hold
 * deliveries while it waits for that lock, in spite of its SKIP LOCKED, when the row was just updated.
 */
function cancelling(t: Tables, job: string): string {
  return `WITH job AS MATERIALIZED (
    SELECT c.subscription_id, c.generation, c.reason FROM ${t.cancellations} c ${job}
  ), found AS MATERIALIZED (
    SELECT w.id FROM job
    CROSS JOIN LATERAL ${t.waitingOf}(job.subscription_id, job.generation, $1::int) w
  ), locked AS MATERIALIZED (
    SELECT d.id FROM ${t.deliveries} d
    WHERE d.id = ANY (ARRAY(SELECT id FROM found)) AND ${OPEN}
      AND d.generation < (SELECT generation FROM job)
    FOR NO KEY UPDATE SKIP LOCKED
  ), cancelled AS (
    UPDATE ${t.deliveries} d SET status = 'cancelled', reason = (SELECT reason FROM job),
      due_at = NULL, ended_at = ${NOW}
    WHERE d.id = ANY (ARRAY(SELECT id FROM locked))
  ), done AS (
    DELETE FROM ${t.cancellations} c
    WHERE c.subscription_id = (SELECT subscription_id FROM job)
      AND (SELECT count(*) FROM found) < $1::int
      AND (SELECT count(*) FROM found) = (SELECT count(*) FROM locked)
    RETURNING 1
  )
  SELECT EXISTS (SELECT FROM locked) OR EXISTS (SELECT FROM done) AS progress`;
}
