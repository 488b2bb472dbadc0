import { WAITING } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/**
 * A subscription's room, as `roomOfIdle` says where nothing is known of what it has in flight.
 * @param subscription alias of the subscriptions, and
 * @param room of the known rooms, both joined by a LEFT JOIN
 */
export function roomOf(subscription: string, room: string): string {
  const perSecond = `CASE WHEN ${subscription}.rate_limit IS NOT NULL
    THEN greatest(1, floor(${subscription}.rate_limit)) END`;
  return `coalesce(${room}.places,
    least(coalesce(${subscription}.concurrency, $4::int), ${perSecond}))::int`;
}

/**
 * The oldest of each kind. They are locked at once, so that several claimants look at different ones;
 * what is not held after all is free again when the statement ends.
 */
export function dueByAge(t: Tables, window: number): string {
  const oldest = (kind: string, later: boolean): string => `${kind} AS MATERIALIZED (
    SELECT d.id, d.subscription_id, d.due_at, ${later} AS later FROM ${t.deliveries} d
    WHERE ${WAITING} AND d.later = ${later} AND d.due_at <= (SELECT now FROM moment)
    ORDER BY d.due_at, d.id LIMIT ${window} FOR NO KEY UPDATE SKIP LOCKED
  )`;
  return `${oldest('fresh', false)}, ${oldest('again', true)}, due AS MATERIALIZED (
    SELECT * FROM fresh UNION ALL SELECT * FROM again
  )`;
}

/**
 * The oldest of each subscription that has room: goes from one subscription to the next in the index,
 * so that it costs the same however many deliveries wait for each. Twice the limit of each kind is
 * enough: no more than the limit can give way to the other kind.
 */
export function dueBySubscription(t: Tables): string {
  return `lane (subscription_id) AS (
    (SELECT d.subscription_id FROM ${t.deliveries} d WHERE ${WAITING}
      ORDER BY d.subscription_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.subscription_id FROM ${t.deliveries} d
      WHERE ${WAITING} AND d.subscription_id > lane.subscription_id
      ORDER BY d.subscription_id LIMIT 1)
    FROM lane WHERE lane.subscription_id IS NOT NULL
  ), waiting AS MATERIALIZED (
    SELECT one.id, lane.subscription_id, one.due_at, kind.later
    FROM lane
    LEFT JOIN ${t.subscriptions} s ON s.id = lane.subscription_id
    LEFT JOIN room ON room.subscription_id = lane.subscription_id
    CROSS JOIN (VALUES (false), (true)) AS kind (later)
    CROSS JOIN LATERAL (
      SELECT d.id, d.due_at FROM ${t.deliveries} d
      WHERE d.subscription_id = lane.subscription_id AND d.later = kind.later AND ${WAITING}
        AND d.due_at <= (SELECT now FROM moment)
      ORDER BY d.due_at, d.id LIMIT greatest(0, least(${roomOf('s', 'room')}, $1::int))
    ) one
  ), due AS MATERIALIZED (
    (SELECT * FROM waiting WHERE NOT later ORDER BY due_at, id LIMIT 2 * $1::int)
    UNION ALL
    (SELECT * FROM waiting WHERE later ORDER BY due_at, id LIMIT 2 * $1::int)
  )`;
}

/** Those of the ids $7 that are due. */
export function dueOfIds(t: Tables): string {
  return `due AS MATERIALIZED (
    SELECT d.id, d.subscription_id, d.due_at, d.later FROM ${t.deliveries} d
    WHERE d.id = ANY ($7::text[]) AND ${WAITING} AND d.due_at <= (SELECT now FROM moment)
  )`;
}
