import { DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { SUBSCRIPTION_COLUMNS } from '../codec/subscription.codec.js';
import { dueByAge, dueBySubscription, dueOfIds, leftByAge, PLACES } from './due.sources.js';
import { FREE, NOW } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { selectSubscription } from './subscription.columns.js';

/**
 * The statements that hold deliveries: $1 limit, $2 share of the later ones, $3 lease, $4 room of a
 * subscription that is not in $5 (ids) and $6 (room of each), $7 limit of the later ones.
 *
 * What another process has its hands on is skipped. Only for the end of a subscription may they wait,
 * in spite of that, when its row was just updated: so whoever ends one waits for no delivery.
 */
export interface ClaimStatements {
  /** Looks at the oldest of each kind, at most $8 of either. */
  readonly byAge: string;
  /** Looks at the oldest of each subscription. */
  readonly bySubscription: string;
  /** Looks at the deliveries with the ids $8. */
  readonly ofIds: string;
  /** Takes over what was abandoned: $1 limit, $2 lease. */
  readonly abandoned: string;
}

/** Columns of the event that the delivery does not have. */
export const EVENT_DETAILS = [
  'method',
  'body',
  'occurred_at',
  'idempotency_key',
  'fingerprint',
] as const;

export function claimStatements(t: Tables): ClaimStatements {
  return {
    byAge: claiming(t, dueByAge(t), leftByAge(t)),
    bySubscription: claiming(t, dueBySubscription(t)),
    ofIds: claiming(t, dueOfIds(t)),
    abandoned: takingOver(t),
  };
}

/**
 * Out of what is due: first a share of the later ones, then first tries, then later ones again. What is
 * said of the whole stands in subqueries, so that it is found out once and not for each row.
 *
 * @param left whether something is due that `due` does not show
 */
function claiming(t: Tables, due: string, left = 'false'): string {
  return `WITH moment AS MATERIALIZED (
    SELECT ${NOW} AS now
  ), room AS MATERIALIZED (
    SELECT * FROM unnest($5::text[], $6::int[]) AS r (subscription_id, places)
  ), ${due}, ranked AS MATERIALIZED (
    SELECT due.*, row_number() OVER (
        PARTITION BY due.subscription_id, due.later ORDER BY due.due_at, due.id
      ) AS rank, ${PLACES} AS places
    FROM due
    LEFT JOIN room ON room.subscription_id = due.subscription_id
  ), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY later ORDER BY due_at, id) AS number
    FROM ranked WHERE rank <= places
  ), ordered AS (
    SELECT *, CASE WHEN NOT later THEN 1 WHEN number <= $2::int THEN 0 ELSE 2 END AS turn
    FROM numbered WHERE NOT later OR number <= $7::int
  ), seated AS MATERIALIZED (
    SELECT *, row_number() OVER (PARTITION BY subscription_id ORDER BY turn, due_at, id) AS place
    FROM ordered
  ), picked AS MATERIALIZED (
    SELECT id, subscription_id FROM seated WHERE place <= places
    ORDER BY turn, due_at, id LIMIT $1::int
  ), ${holding(t)}
  SELECT held.*, moment.now,
    (SELECT count(*) FROM due WHERE NOT later)::int AS fresh_seen,
    (SELECT count(*) FROM due WHERE later)::int AS again_seen,
    (SELECT count(*) FROM picked)::int AS picked_count,
    (SELECT count(*) FROM seated WHERE place <= places)::int AS seated_count,
    (SELECT count(*) FROM seated WHERE place <= places AND later)::int AS again_seated,
    ((SELECT count(*) FROM seated WHERE place <= places) < (SELECT count(*) FROM ranked)) AS passed_over,
    ((SELECT count(*) FROM picked) > (SELECT count(*) FROM held) OR (SELECT ${left})) AS contended,
    (SELECT least(${t.nextDue}(false, m.now), ${t.nextDue}(true, m.now)) FROM moment m) AS next_due
  FROM moment LEFT JOIN held ON true`;
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
    SELECT d.id, d.event_id, d.subscription_id, d.generation FROM ${t.deliveries} d
    WHERE d.id = ANY (ARRAY(SELECT id FROM picked)) AND ${FREE}
      AND d.due_at <= (SELECT now FROM moment)
    FOR NO KEY UPDATE SKIP LOCKED
  ), stale AS (
    UPDATE ${t.deliveries} d SET status = 'cancelled', due_at = NULL, ended_at = moment.now,
      reason = CASE WHEN e.body IS NULL THEN 'payload removed'
        WHEN w.id IS NULL THEN 'subscription deleted' ELSE 'subscription disabled' END
    FROM moment, locked l
      LEFT JOIN ${t.events} e ON e.id = l.event_id
      LEFT JOIN wanted w ON w.id = l.subscription_id
    WHERE d.id = l.id AND (e.body IS NULL OR w.state <> 'enabled'
      OR l.generation < w.generation OR (w.id IS NULL
      AND NOT EXISTS (SELECT FROM ${t.subscriptions} s WHERE s.id = l.subscription_id)))
  ), held AS (
    UPDATE ${t.deliveries} d SET attempts = d.attempts + 1, tries = d.tries + 1,
      lease_until = moment.now + $3::bigint
    FROM moment, locked l
      JOIN ${t.events} e ON e.id = l.event_id AND e.body IS NOT NULL
      JOIN wanted w ON w.id = l.subscription_id AND w.state = 'enabled'
        AND w.generation = l.generation
    WHERE d.id = l.id
    RETURNING ${claimColumns('w')}
  ), begun AS (
    INSERT INTO ${t.attempts} (delivery_id, number, started_at)
    SELECT held.id, held.attempts, moment.now FROM held, moment
  )`;
}

function takingOver(t: Tables): string {
  return `WITH moment AS MATERIALIZED (
    SELECT ${NOW} AS now
  ), lost AS MATERIALIZED (
    SELECT d.id, d.event_id, d.subscription_id FROM ${t.deliveries} d
    WHERE d.lease_until IS NOT NULL AND d.lease_until <= (SELECT now FROM moment)
    ORDER BY d.lease_until LIMIT $1::int FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE ${t.deliveries} d SET lease_until = moment.now + $2::bigint
  FROM moment, lost l
    LEFT JOIN ${t.events} e ON e.id = l.event_id
    LEFT JOIN (SELECT ${selectSubscription('s')} FROM ${t.subscriptions} s) w
      ON w.id = l.subscription_id
  WHERE d.id = l.id
  RETURNING ${claimColumns('w')}`;
}

/** The delivery's columns as they are called; those of the event and subscription with a prefix. */
function claimColumns(subscription: string): string {
  const delivery = DELIVERY_COLUMNS.map((column) => `d.${column}`);
  const event = EVENT_DETAILS.map((column) => `e.${column} AS e_${column}`);
  const columns = SUBSCRIPTION_COLUMNS.map((column) => `${subscription}.${column} AS s_${column}`);
  return [...delivery, ...event, ...columns].join(', ');
}
