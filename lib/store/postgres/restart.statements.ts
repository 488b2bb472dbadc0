import { EVENT_COLUMNS } from '../codec/event.codec.js';
import { deliveryId, nextOrdinal, NOW, NOW_MICROSECONDS } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';

/** The statements that make deliveries pending again, or for the first time. */
export interface RestartStatements {
  /** A delivery: $1 id, $2 tenant. */
  readonly find: string;
  /** Keeps a subscription from being ended meanwhile: $1 id, $2 tenant. */
  readonly keepSubscription: string;
  /** Keeps events from being purged meanwhile; gives those that have their body: $1 ids. */
  readonly keepEvents: string;
  /**
   * Makes deliveries pending whose request is not in flight: $1 ids, $2 as replayed, $3 the ordinal of
   * each, with a new one where there is none. One that is pending keeps the one that it has.
   */
  readonly restart: string;
  /** Whole events, in the order of a page: $1 ids. */
  readonly events: string;
  /** Adds deliveries: $1 ids of events, $2 subscription, $3 the ordinal of each. */
  readonly add: string;
  /** A page of what a subscription lost: $1 subscription, $2 cursor, $3 since, $4 until, $5 limit. */
  readonly lost: string;
  /**
   * A page of a tenant's events that are not pending for a subscription: $1 subscription, $2 time and
   * $3 id of the cursor, $4 until, $5 limit, $6 tenant.
   */
  readonly past: string;
}

export function restartStatements(t: Tables): RestartStatements {
  const generation = `(SELECT s.generation FROM ${t.subscriptions} s WHERE s.id = d.subscription_id)`;
  return {
    find: `SELECT d.event_id, d.subscription_id, d.lease_until IS NOT NULL AS in_flight
      FROM ${t.deliveries} d WHERE d.id = $1 AND d.tenant = $2`,
    keepSubscription: `SELECT s.state FROM ${t.subscriptions} s
      WHERE s.id = $1 AND s.tenant = $2 FOR KEY SHARE`,
    keepEvents: `WITH kept AS MATERIALIZED (
        SELECT e.id FROM ${t.events} e WHERE e.id = ANY ($1::text[]) AND e.body IS NOT NULL
        ORDER BY e.id FOR NO KEY UPDATE
      )
      UPDATE ${t.events} e SET purge_after = ${NOW} WHERE e.id = ANY (ARRAY(SELECT id FROM kept))
      RETURNING e.id`,
    restart: `WITH ended AS MATERIALIZED (
        SELECT d.id FROM ${t.deliveries} d
        WHERE d.id = ANY ($1::text[]) AND d.lease_until IS NULL
          AND (d.status <> 'pending' OR NOT $2::boolean)
        ORDER BY d.id FOR NO KEY UPDATE
      )
      UPDATE ${t.deliveries} d SET status = 'pending', reason = NULL, tries = 0, replayed = $2,
        later = $2, due_at = ${NOW}, ended_at = NULL, generation = ${generation},
        ordinal = CASE
          WHEN d.status = 'pending' AND d.generation = ${generation} THEN d.ordinal
          WHEN d.ordering_key IS NOT NULL THEN coalesce(
            ($3::bigint[])[array_position($1::text[], d.id)], nextval('${t.ordinals}')
          )
        END
      WHERE d.id = ANY (ARRAY(SELECT id FROM ended))
      RETURNING d.id`,
    events: `SELECT ${EVENT_COLUMNS.map((column) => `e.${column}`).join(', ')}
      FROM ${t.events} e WHERE e.id = ANY ($1::text[]) ORDER BY e.occurred_at, e.id`,
    add: `WITH moment AS MATERIALIZED (SELECT ${NOW_MICROSECONDS} AS us)
      INSERT INTO ${t.deliveries} (id, event_id, event_type, subscription_id, tenant, status,
        generation, replayed, later, due_at, created_at, ordering_key, ordinal)
      SELECT ${deliveryId('us')}, e.id, e.type, s.id, e.tenant, 'pending',
        s.generation, true, true, us / 1000, us / 1000, e.ordering_key,
        CASE WHEN e.ordering_key IS NOT NULL
          THEN ($3::bigint[])[array_position($1::text[], e.id)] END
      FROM ${t.events} e CROSS JOIN moment JOIN ${t.subscriptions} s ON s.id = $2
      WHERE e.id = ANY ($1::text[])
      ON CONFLICT (event_id, subscription_id) DO NOTHING
      RETURNING id`,
    lost: `SELECT d.id AS delivery_id, d.id AS cursor, d.event_id, d.event_type AS type,
        ${nextOrdinal(t, 'd.ordering_key')} AS ordinal
      FROM ${t.deliveries} d JOIN ${t.events} e ON e.id = d.event_id
      WHERE d.subscription_id = $1 AND d.status IN ('exhausted', 'cancelled')
        AND ($2::text IS NULL OR d.id > $2) AND e.occurred_at >= $3 AND e.occurred_at < $4
      ORDER BY d.id LIMIT $5`,
    past: `SELECT e.id AS event_id, e.type, d.id AS delivery_id,
        e.occurred_at || ':' || e.id AS cursor, ${nextOrdinal(t, 'e.ordering_key')} AS ordinal
      FROM ${t.events} e
      LEFT JOIN ${t.deliveries} d ON d.event_id = e.id AND d.subscription_id = $1
      WHERE e.tenant = $6 AND (e.occurred_at, e.id) > ($2::bigint, $3::text) AND e.occurred_at < $4
      ORDER BY e.occurred_at, e.id LIMIT $5`,
  };
}
