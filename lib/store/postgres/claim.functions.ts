import { DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { SUBSCRIPTION_COLUMNS } from '../codec/subscription.codec.js';
import { columnsOf, EVENT_DETAILS } from './claim.columns.js';
import { dueByAge, dueBySubscription, dueOfIds, leftByAge, placesOf } from './due.sources.js';
import { FREE, NOW } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { declared, storedFunction } from './stored.function.js';
import { selectSubscription } from './subscription.columns.js';

const EVENT_PART = EVENT_DETAILS.map((column) => `e_${column}`);
const COLUMNS = [
  ...declared(DELIVERY_COLUMNS),
  ...declared(EVENT_DETAILS, 'e_'),
  ...declared(SUBSCRIPTION_COLUMNS, 's_'),
  'now bigint',
  'fresh_seen integer',
  'again_seen integer',
  'picked_count integer',
  'seated_count integer',
  'again_seated integer',
  'passed_over boolean',
  'contended boolean',
  'next_due bigint',
  'parked integer',
  'released boolean',
];

/**
 * Functions that hold deliveries: $1 limit, $2 share of the later ones, $3 lease, $4 room of a
 * subscription that is not in $5 (an object with the room of each), $6 limit of the later ones.
 *
 * What another process has its hands on is skipped. Only for the end of a subscription may they wait,
 * in spite of that, when its row was just updated: so whoever ends one waits for no delivery.
 */
export function claimFunctions(t: Tables): readonly string[] {
  const holder = (name: string, last: string, due: string, left?: string): string =>
    storedFunction(
      `${name} (integer, integer, bigint, integer, jsonb, integer${last})`,
      COLUMNS,
      claiming(t, due, left),
    );
  return [
    // Looks at the oldest of each kind, at most $7 of either.
    holder(t.claimByAge, ', integer', dueByAge(t), leftByAge(t)),
    // Looks at the oldest of each subscription.
    holder(t.claimBySubscription, '', dueBySubscription(t)),
    // Looks at the deliveries with the ids $7.
    holder(t.claimOfIds, ', text[]', dueOfIds(t)),
  ];
}

/**
 * Out of what is due: first a share of the later ones, then first tries, then later ones again. What is
 * said of the whole stands in subqueries, so that it is found out once and not for each row. A subscription
 * stands in one of its rows only.
 *
 * @param left whether something is due that `due` does not show
 */
function claiming(t: Tables, due: string, left = 'false'): string {
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
  SELECT ${columnsOf('h', [...DELIVERY_COLUMNS, ...EVENT_PART])},
    ${columnsOf('w', SUBSCRIPTION_COLUMNS, 's_')}, moment.now,
    (SELECT count(*) FROM due WHERE NOT later)::int AS fresh_seen,
    (SELECT count(*) FROM due WHERE later)::int AS again_seen,
    (SELECT count(*) FROM picked)::int AS picked_count,
    (SELECT count(*) FROM seated WHERE place <= places)::int AS seated_count,
    (SELECT count(*) FROM seated WHERE place <= places AND later)::int AS again_seated,
    ((SELECT count(*) FROM seated WHERE place <= places) < (SELECT count(*) FROM ranked)) AS passed_over,
    ((SELECT count(*) FROM picked)
        > (SELECT count(*) FROM held) + (SELECT count(*) FROM ready WHERE ended IS NULL AND behind)
      OR EXISTS (SELECT FROM lines WHERE parked = 0) OR (SELECT ${left})) AS contended,
    (SELECT least(${t.nextDue}(false, m.now), ${t.nextDue}(true, m.now)) FROM moment m) AS next_due,
    (SELECT coalesce(sum(parked), 0) FROM lines)::int AS parked,
    EXISTS (SELECT FROM stale WHERE released IS NOT NULL) AS released
  FROM moment
    LEFT JOIN (
      SELECT *, row_number() OVER (PARTITION BY subscription_id) AS nth FROM held
    ) h ON true
    LEFT JOIN wanted w ON w.id = h.subscription_id AND h.nth = 1`;
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
  ), ready AS MATERIALIZED (
    SELECT l.id AS delivery_id, ${columnsOf('e', EVENT_DETAILS, 'e_')},
      l.subscription_id, l.ordering_key, l.generation, l.ordinal,
      w.generation = l.generation AS current,
      CASE WHEN l.ordering_key IS NOT NULL AND w.generation = l.generation
        THEN ${t.isBehind}(l.subscription_id, l.ordering_key, l.generation, l.ordinal)
        ELSE false
      END AS behind, CASE
        WHEN e.body IS NULL THEN 'payload removed'
        WHEN w.state <> 'enabled' OR l.generation < w.generation THEN 'subscription disabled'
        WHEN w.id IS NULL AND NOT EXISTS (
          SELECT FROM ${t.subscriptions} s WHERE s.id = l.subscription_id
        ) THEN 'subscription deleted'
      END AS ended
    FROM locked l
      LEFT JOIN LATERAL (
        SELECT ${columnsOf('e', EVENT_DETAILS)} FROM ${t.events} e WHERE e.id = l.event_id OFFSET 0
      ) e ON true
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
    FROM ready r
    WHERE d.id = ANY (ARRAY(SELECT delivery_id FROM ready WHERE ended IS NULL AND current AND NOT behind))
      AND d.id = r.delivery_id
    RETURNING ${columnsOf('d', DELIVERY_COLUMNS)}, ${columnsOf('r', EVENT_PART)}
  ), begun AS (
    INSERT INTO ${t.attempts} (delivery_id, number, started_at)
    SELECT held.id, held.attempts, (SELECT now FROM moment) FROM held
  )`;
}
