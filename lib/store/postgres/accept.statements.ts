import type { Tables } from './schema.tables.js';

/** The statements that take events in. */
export interface AcceptStatements {
  /** Calls `acceptFunction`. */
  readonly offered: string;
  /** The event that holds a key: $1 tenant, $2 key. */
  readonly holderOfKey: string;
}

export function acceptStatements(t: Tables): AcceptStatements {
  return {
    offered: `SELECT * FROM ${t.acceptEvents}($1::json, $2::boolean)`,
    holderOfKey: `SELECT e.id AS event_id, e.fingerprint, (
        SELECT string_agg(d.id, ',' ORDER BY d.id) FROM ${t.deliveries} d WHERE d.event_id = e.id
      ) AS delivery_ids
      FROM ${t.events} e WHERE e.tenant = $1::text AND e.idempotency_key = $2::text`,
  };
}
