import { FREE } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/** A subscription's room. */
export function placesOf(subscription: string): string {
  return `coalesce(($5 ->> ${subscription})::int, $4)`;
}

/** Of what may not be taken one is enough to know that it is there: those looked at are locked. */
const SIZE_OF_LATER = 'CASE WHEN $6 > 0 THEN $7 ELSE 1 END';

function sinceOf(later: boolean): string {
  return later ? '$9' : '$8';
}

/** The oldest of each kind, at most $7 of either, since $8 for first tries and $9 for later ones. */
export function dueByAge(t: Tables): string {
  const kind = (later: boolean): string => `
    SELECT d.id COLLATE "C" AS id, d.subscription_id COLLATE "C" AS subscription_id, d.due_at,
      ${later} AS later
    FROM ${t.dueByAge}(${later}, ${sinceOf(later)}, (SELECT now FROM moment), ${later ? SIZE_OF_LATER : '$7'}) d`;
  return `due AS MATERIALIZED (${kind(false)} UNION ALL ${kind(true)})`;
}

/**
 * The oldest of each subscription that has room, which costs the same however many deliveries wait for
 * each. Twice the limit of each kind is enough: no more than the limit can give way to the other kind.
 */
export function dueBySubscription(t: Tables): string {
  return `head AS MATERIALIZED (
    SELECT h.subscription_id COLLATE "C" AS subscription_id, h.later, h.due_at,
      ${placesOf('h.subscription_id')} AS places
    FROM ${t.dueHeads}((SELECT now FROM moment)) h
  ), lane AS MATERIALIZED (
    SELECT * FROM head WHERE places > 0
  ), first_lane AS MATERIALIZED (
    ${oldest('lane', false)} UNION ALL ${oldest('lane', true)}
  ), waiting AS MATERIALIZED (
    SELECT one.id COLLATE "C" AS id, l.subscription_id, one.due_at, l.later
    FROM first_lane l
    CROSS JOIN LATERAL ${t.dueOf}(l.subscription_id, l.later, (SELECT now FROM moment),
      least(l.places, $1)) one
  ), due AS MATERIALIZED (
    ${oldest('waiting', false)} UNION ALL ${oldest('waiting', true)}
  )`;
}

/** Of what `dueBySubscription` looked at: whose later ones have to wait. */
export const LATER_WITHOUT_ROOM = `(SELECT coalesce(json_agg(subscription_id), '[]')
  FROM head WHERE later AND places <= 0)`;

/** Whether other claimants have their hands on something due, so that `dueByAge` did not see it. */
export function leftByAge(t: Tables): string {
  const left = (later: boolean): string => {
    const seen = `(SELECT count(*) FROM due WHERE later = ${later})::int`;
    const size = later ? SIZE_OF_LATER : '$7';
    return `(${seen} < ${size} AND ${t.moreDue}(${later}, ${sinceOf(later)}, (SELECT now FROM moment), ${seen}))`;
  };
  return `${left(false)} OR ${left(true)}`;
}

/** Those of the ids $7 that are due. */
export function dueOfIds(t: Tables): string {
  return `due AS MATERIALIZED (
    SELECT d.id, d.subscription_id, d.due_at, d.later FROM ${t.deliveries} d
    WHERE d.id = ANY ($7) AND ${FREE} AND d.due_at <= (SELECT now FROM moment)
  )`;
}

function oldest(from: string, later: boolean): string {
  return `(SELECT * FROM ${from} WHERE later = ${later} ORDER BY due_at LIMIT 2 * $1)`;
}
