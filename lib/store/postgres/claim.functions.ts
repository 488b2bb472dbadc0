import { DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { claimedAsJson, eventDetails } from './claim.columns.js';
import {
  dueByAge,
  dueBySubscription,
  dueOfIds,
  LATER_WITHOUT_ROOM,
  leftByAge,
  placesOf,
} from './due.sources.js';
import { FREE, NOW } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { storedFunction } from './stored.function.js';
import { selectSubscription } from './subscription.columns.js';

type Due = readonly [due: string, left?: string, withoutRoom?: string];

/**
 * Functions that hold deliveries: $1 limit, $2 share of the later ones, $3 lease, $4 room of a
 * subscription that is not in $5 (an object with the room of each), $6 limit of the later ones. They give
 * one row, see `claimedAsJson`.
 *
 * What another process has its hands on is skipped. Only for the end of a subscription may they wait,
 * in spite of that, when its row was just updated: so whoever ends one waits for no delivery.
 */
export function claimFunctions(t: Tables): readonly string[] {
  const holder = (name: string, last: string, ...due: Due): string =>
    storedFunction(
      `${name} (integer, integer, bigint, integer, jsonb, integer${last})`,
      ['claimed text'],
      claiming(t, ...due),
    );
  return [
    // Looks at the oldest of each kind, see `dueByAge`.
    holder(t.claimByAge, ', integer, bigint, bigint', dueByAge(t), leftByAge(t)),
    // Looks at the oldest of each subscription.
    holder(t.claimBySubscription, '', dueBySubscription(t), 'false', LATER_WITHOUT_ROOM),
    // Looks at the deliveries with the ids $7.
    holder(t.claimOfIds, ', text[]', dueOfIds(t)),
  ];
}

/**
 * Out of what is due: first a share of the later ones, then first tries, then later ones again. What is
 * said of the whole stands in subqueries, so that it is found out once.
 *
 * @param left whether something is due that `due` does not show
 * @param withoutRoom ids of the subscriptions that have later ones due and no room
 */
function claiming(t: Tables, ...[due, left = 'false', withoutRoom = 'NULL']: Due): string {
  return `WITH moment AS MATERIALIZED (
    SELECT ${NOW} AS now
  ), ${due}, ranked AS MATERIALIZED (
    SELECT due.*, row_number() OVER (
        PARTITION BY due.subscription_id, due.later ORDER BY due.due_at, due.id
      ) AS rank, ${placesOf('due.subscription_id')} AS places
    FROM due
  ), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY later ORDER BY due_at, id) AS number
    FROM ranked WHERE rank <= places
  ), ordered AS (
    SELECT *, CASE WHEN NOT later THEN 1 WHEN number <= $2 THEN 0 ELSE 2 END AS turn
    FROM numbered WHERE NOT later OR number <= $6
  ), seated AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY subscription_id ORDER BY turn, due_at, id) AS place
    FROM ordered
  ), picked AS MATERIALIZED (
    SELECT id, subscription_id FROM seated WHERE place <= places
    ORDER BY turn, due_at, id LIMIT $1
  ), ${holding(t)}
  SELECT ${claimedAsJson({
    now: '(SELECT now FROM moment)',
    fresh_seen: '(SELECT count(*) FROM due WHERE NOT later)',
    fresh_oldest: '(SELECT min(due_at) FROM due WHERE NOT later)',
    again_oldest: '(SELECT min(due_at) FROM due WHERE later)',
    again_seen: '(SELECT count(*) FROM due WHERE later)',
    picked_count: '(SELECT count(*) FROM picked)',
    seated_count: '(SELECT count(*) FROM seated WHERE place <= places)',
    again_seated: '(SELECT count(*) FROM seated WHERE place <= places AND later)',
    passed_over: `(SELECT count(*) FROM seated WHERE place <= places) < (SELECT count(*) FROM ranked)`,
    contended: `(SELECT count(*) FROM picked)
        > (SELECT count(*) FROM held) + (SELECT count(*) FROM ready WHERE ended IS NULL AND behind)
      OR EXISTS (SELECT FROM lines WHERE parked = 0) OR (SELECT ${left})`,
    next_due: `(SELECT least(${t.nextDue}(false, now), ${t.nextDue}(true, now)) FROM moment)`,
    parked: '(SELECT coalesce(sum(parked), 0) FROM lines)',
    later_without_room: withoutRoom,
    released: 'EXISTS (SELECT FROM stale WHERE released IS NOT NULL)',
  })}`;
}

/**
 * The key share on the subscription keeps it from being disabled or deleted until this commits, and
 * shows it as it is now: no request begins after the end of a subscription has committed.
 */
function holding(t: Tables): string {
  return `wanted AS MATERIALIZED (
    SELECT ${selectSubscription('s')}, s.generation FROM ${t.subscriptions} s
    WHERE s.id = ANY (ARRAY(SELECT subscription_id FROM picked))
    ORDER BY s.id FOR KEY SHARE SKIP LOCKED
  ), locked AS MATERIALIZED (
    SELECT d.id, d.event_id, d.subscription_id, d.generation, d.ordering_key, d.ordinal
    FROM ${t.deliveries} d
    WHERE d.id = ANY (ARRAY(SELECT id FROM picked)) AND ${FREE}
      AND d.due_at <= (SELECT now FROM moment)
    FOR NO KEY UPDATE SKIP LOCKED
  ), told AS MATERIALIZED (
    SELECT ${eventDetails('e')} FROM ${t.events} e
    WHERE e.id = ANY (ARRAY(SELECT event_id FROM locked))
  ), ready AS MATERIALIZED (
    SELECT l.id AS delivery_id, l.subscription_id, l.ordering_key, l.generation, l.ordinal,
      w.generation = l.generation AS current,
      CASE WHEN l.ordering_key IS NOT NULL AND w.generation = l.generation
        THEN ${t.isBehind}(l.subscription_id, l.ordering_key, l.generation, l.ordinal)
        ELSE false
      END AS behind, CASE
        WHEN told.body IS NULL THEN 'payload removed'
        WHEN w.state <> 'enabled' OR l.generation < w.generation THEN 'subscription disabled'
        WHEN w.id IS NULL AND NOT EXISTS (
          SELECT FROM ${t.subscriptions} s WHERE s.id = l.subscription_id
        ) THEN 'subscription deleted'
      END AS ended
    FROM locked l
      LEFT JOIN told ON told.id = l.event_id
      LEFT JOIN wanted w ON w.id = l.subscription_id
  ), stale AS (
    UPDATE ${t.deliveries} d SET status = 'cancelled', due_at = NULL, ended_at = (SELECT now FROM moment),
      reason = r.ended
    FROM ready r
    WHERE d.id = ANY (ARRAY(SELECT delivery_id FROM ready WHERE ended IS NOT NULL))
      AND d.id = r.delivery_id
    RETURNING CASE WHEN d.ordering_key IS NOT NULL
      THEN ${t.releaseLine}(d.subscription_id, d.ordering_key) END AS released
  ), lines AS MATERIALIZED (
    SELECT ${t.parkLine}(subscription_id, ordering_key, generation, place) AS parked FROM (
      SELECT subscription_id, ordering_key, generation, min(ordinal) AS place
      FROM ready WHERE ended IS NULL AND behind GROUP BY subscription_id, ordering_key, generation
    ) l
  ), held AS (
    UPDATE ${t.deliveries} d SET attempts = d.attempts + 1, tries = d.tries + 1,
      ordinal = d.ordinal * 0, lease_until = (SELECT now FROM moment) + $3
    WHERE d.id = ANY (ARRAY(SELECT delivery_id FROM ready WHERE ended IS NULL AND current AND NOT behind))
    RETURNING ${DELIVERY_COLUMNS.map((column) => `d.${column}`).join(', ')}
  ), begun AS (
    INSERT INTO ${t.attempts} (delivery_id, number, started_at)
    SELECT held.id, held.attempts, (SELECT now FROM moment) FROM held
  )`;
}
