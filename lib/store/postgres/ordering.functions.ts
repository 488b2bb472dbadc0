import { NOW } from './sql.expressions.js';
import { BY_INDEX } from './schema.functions.js';
import type { Tables } from './schema.tables.js';

const IN_ORDER = 'subscription_id, d.ordering_key, d.ordinal';
/** So many of a line are parked at once. */
const MOST_PARKED = 1_000;

/**
 * Functions for deliveries with an ordering key. Those of one key and subscription that are pending stand
 * in a line, by their ordinal: it comes from a sequence, and is 0 once there was an attempt. What waits in
 * an earlier generation of its subscription is as good as cancelled and holds up nobody. One that is found
 * behind others is parked, which is to have no due time; each end makes the first that is parked due.
 *
 * Who parks one has locked another before it that is pending, and who ends that has it locked too: so
 * either the end is seen, or what was parked is. Nobody waits here for a lock, and volatile functions see
 * what was committed when they were called.
 */
export function orderingFunctions(t: Tables): readonly string[] {
  const line = `d.subscription_id = subscription AND d.ordering_key = key AND d.status = 'pending'`;
  const holdsUp = `${line} AND (d.generation = of_generation OR d.lease_until IS NOT NULL)`;
  const parked = 'd.due_at IS NULL AND d.lease_until IS NULL';
  return [
    `CREATE FUNCTION ${t.isBehind} (subscription text, key text, of_generation integer, place bigint)
    RETURNS boolean ${BY_INDEX} AS $$
    BEGIN
      PERFORM FROM ${t.deliveries} d WHERE ${holdsUp} AND d.ordinal < place
        ORDER BY d.${IN_ORDER} LIMIT 1;
      RETURN FOUND;
    END $$`,

    // Parks what is due of a line from a place on; gives how many, 0 also when the first is being ended.
    `CREATE FUNCTION ${t.parkLine} (subscription text, key text, of_generation integer, place bigint)
    RETURNS integer ${BY_INDEX} AS $$
    DECLARE
      ahead text;
      parked integer;
    BEGIN
      SELECT d.id INTO ahead FROM ${t.deliveries} d WHERE ${holdsUp} AND d.ordinal < place
        ORDER BY d.${IN_ORDER} LIMIT 1;
      PERFORM FROM ${t.deliveries} d WHERE d.id = ahead AND d.status = 'pending'
        FOR SHARE SKIP LOCKED;
      IF NOT FOUND THEN RETURN 0; END IF;
      UPDATE ${t.deliveries} u SET due_at = NULL WHERE u.id = ANY (ARRAY(
        SELECT d.id FROM ${t.deliveries} d
        WHERE ${line} AND d.ordinal >= place AND d.generation = of_generation
          AND d.due_at IS NOT NULL AND d.lease_until IS NULL
        ORDER BY d.${IN_ORDER} LIMIT ${MOST_PARKED} FOR NO KEY UPDATE SKIP LOCKED
      ));
      GET DIAGNOSTICS parked = ROW_COUNT;
      RETURN parked;
    END $$`,

    // Gives the id of what is due because of it.
    `CREATE FUNCTION ${t.releaseLine} (subscription text, key text)
    RETURNS text ${BY_INDEX} AS $$
    DECLARE
      found text;
    BEGIN
      SELECT d.id INTO found FROM ${t.deliveries} d
        WHERE ${line} AND ${parked} AND d.generation = (
          SELECT s.generation FROM ${t.subscriptions} s WHERE s.id = subscription
        )
        ORDER BY d.${IN_ORDER} LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
      UPDATE ${t.deliveries} SET due_at = ${NOW} WHERE id = found;
      RETURN found;
    END $$`,

    // Looks at the lines after one; gives those, and what is due now of each whose first was parked: the
    // end of the one before it may have passed it over, for a lock of a transaction that did nothing then.
    `CREATE FUNCTION ${t.releaseStranded} (subscription text, key text, size integer)
    RETURNS TABLE (subscription_id text, ordering_key text, released text) ${BY_INDEX} AS $$
    #variable_conflict use_column
    DECLARE
      of_generation integer;
      first record;
    BEGIN
      FOR seen IN 1..size LOOP
        SELECT d.subscription_id, d.ordering_key INTO subscription, key FROM ${t.deliveries} d
          WHERE d.ordering_key IS NOT NULL AND d.status = 'pending'
            AND (d.subscription_id, d.ordering_key) > (subscription, key)
          ORDER BY d.${IN_ORDER} LIMIT 1;
        EXIT WHEN NOT FOUND;
        SELECT s.generation INTO of_generation FROM ${t.subscriptions} s WHERE s.id = subscription;
        SELECT ${parked} AS is_parked INTO first FROM ${t.deliveries} d WHERE ${holdsUp}
          ORDER BY d.${IN_ORDER} LIMIT 1;
        RETURN QUERY SELECT subscription, key,
          CASE WHEN first.is_parked THEN ${t.releaseLine}(subscription, key) END;
      END LOOP;
    END $$`,
  ];
}
