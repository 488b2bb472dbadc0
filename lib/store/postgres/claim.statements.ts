import { DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { claimedAsJson, eventDetails } from './claim.columns.js';
import { NOW } from './sql.expressions.js';
import type { Tables } from './schema.tables.js';
import { selectSubscription } from './subscription.columns.js';

/** The statements that hold deliveries; for the first three see `claimFunctions`. */
export interface ClaimStatements {
  readonly byAge: string;
  readonly bySubscription: string;
  readonly ofIds: string;
  /** Takes over what was abandoned: $1 limit, $2 lease. */
  readonly abandoned: string;
}

export function claimStatements(t: Tables): ClaimStatements {
  return {
    byAge: `SELECT * FROM ${t.claimByAge}($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    bySubscription: `SELECT * FROM ${t.claimBySubscription}($1, $2, $3, $4, $5, $6)`,
    ofIds: `SELECT * FROM ${t.claimOfIds}($1, $2, $3, $4, $5, $6, $7)`,
    abandoned: `WITH moment AS MATERIALIZED (
      SELECT ${NOW} AS now
    ), lost AS MATERIALIZED (
      SELECT d.id, d.event_id, d.subscription_id FROM ${t.deliveries} d
      WHERE d.lease_until IS NOT NULL AND d.lease_until <= (SELECT now FROM moment)
      ORDER BY d.lease_until LIMIT $1::int FOR NO KEY UPDATE SKIP LOCKED
    ), held AS (
      UPDATE ${t.deliveries} d SET lease_until = moment.now + $2::bigint
      FROM moment, lost l WHERE d.id = l.id
      RETURNING ${DELIVERY_COLUMNS.map((column) => `d.${column}`).join(', ')}
    ), told AS (
      SELECT ${eventDetails('e')} FROM ${t.events} e
      WHERE e.id = ANY (ARRAY(SELECT event_id FROM lost))
    ), wanted AS (
      SELECT ${selectSubscription('s')} FROM ${t.subscriptions} s
      WHERE s.id = ANY (ARRAY(SELECT subscription_id FROM lost))
    )
    SELECT ${claimedAsJson()}`,
  };
}
