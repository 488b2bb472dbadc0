import { WAITING } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/**
 * Reading in the order of an index, whatever the planner makes of its statistics. They are old just when
 * a backlog has grown in minutes; then it would take reading and sorting all of it for cheaper.
 */
export const BY_INDEX = `LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
  SET enable_incremental_sort = off`;

/** Functions that find what is due. Older processes may call them while newer tables are there. */
export function createFunctions(t: Tables): readonly string[] {
  return [
    // Locked at once, so that several claimants look at different ones; what is not held after all is
    // free again when the statement ends.
    `CREATE FUNCTION ${t.dueByAge} (of_later boolean, since bigint, until bigint, size integer)
    RETURNS TABLE (id text, subscription_id text, due_at bigint) ROWS 50 ${BY_INDEX} AS $$
    BEGIN
      RETURN QUERY SELECT d.id, d.subscription_id, d.due_at FROM ${t.deliveries} d
        WHERE ${WAITING} AND d.later = of_later AND d.due_at BETWEEN since AND until
        ORDER BY d.later, d.due_at, d.id LIMIT size FOR NO KEY UPDATE SKIP LOCKED;
    END $$`,

    `CREATE FUNCTION ${t.dueOf} (subscription text, of_later boolean, until bigint, size integer)
    RETURNS TABLE (id text, due_at bigint) ROWS 10 ${BY_INDEX} AS $$
    BEGIN
      RETURN QUERY SELECT d.id, d.due_at FROM ${t.deliveries} d
        WHERE ${WAITING} AND d.subscription_id = subscription AND d.later = of_later
          AND d.due_at <= until
        ORDER BY d.subscription_id, d.later, d.due_at, d.id LIMIT size;
    END $$`,

    `CREATE FUNCTION ${t.waitingOf} (subscription text, before_generation integer, size integer)
    RETURNS TABLE (id text) ROWS 500 ${BY_INDEX} AS $$
    DECLARE
      due integer;
    BEGIN
      RETURN QUERY SELECT d.id FROM ${t.deliveries} d
        WHERE ${WAITING} AND d.subscription_id = subscription AND d.generation < before_generation
        ORDER BY d.subscription_id, d.later, d.due_at, d.id LIMIT size;
      GET DIAGNOSTICS due = ROW_COUNT;
      RETURN QUERY SELECT d.id FROM ${t.deliveries} d
        WHERE d.ordering_key IS NOT NULL AND d.status = 'pending' AND d.due_at IS NULL
          AND d.lease_until IS NULL AND d.subscription_id = subscription
          AND d.generation < before_generation
        ORDER BY d.subscription_id, d.ordering_key, d.ordinal LIMIT size - due;
    END $$`,

    // The oldest of each kind of each subscription: from one to the next, over whatever else waits.
    `CREATE FUNCTION ${t.dueHeads} (until bigint)
    RETURNS TABLE (subscription_id text, later boolean, due_at bigint) ROWS 100 ${BY_INDEX} AS $$
    BEGIN
      subscription_id := '';
      later := true;
      LOOP
        SELECT d.subscription_id, d.later, d.due_at INTO subscription_id, later, due_at
          FROM ${t.deliveries} d
          WHERE ${WAITING}
            AND (d.subscription_id, d.later) > (due_heads.subscription_id, due_heads.later)
          ORDER BY d.subscription_id, d.later, d.due_at, d.id LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF due_at <= until THEN RETURN NEXT; END IF;
      END LOOP;
    END $$`,

    `CREATE FUNCTION ${t.nextDue} (of_later boolean, since bigint)
    RETURNS bigint ${BY_INDEX} AS $$
    BEGIN
      RETURN (SELECT d.due_at FROM ${t.deliveries} d
        WHERE ${WAITING} AND d.later = of_later AND d.due_at > since
        ORDER BY d.later, d.due_at, d.id LIMIT 1);
    END $$`,

    // Stable, so that it looks at the same moment as the statement that calls it.
    `CREATE FUNCTION ${t.moreDue} (of_later boolean, since bigint, until bigint, seen integer)
    RETURNS boolean STABLE ${BY_INDEX} AS $$
    BEGIN
      RETURN EXISTS (SELECT FROM ${t.deliveries} d
        WHERE ${WAITING} AND d.later = of_later AND d.due_at BETWEEN since AND until
        ORDER BY d.later, d.due_at, d.id OFFSET seen LIMIT 1);
    END $$`,
  ];
}
