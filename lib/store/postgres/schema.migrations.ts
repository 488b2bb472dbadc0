import { acceptFunction } from './accept.functions.js';
import { claimFunctions } from './claim.functions.js';
import { createFunctions } from './schema.functions.js';
import { orderingFunctions } from './ordering.functions.js';
import type { Tables } from './schema.tables.js';
import { settleFunctions } from './settle.functions.js';

/** Statements that bring the schema from one version to the next; the first makes version 1. */
export const MIGRATIONS: readonly ((tables: Tables) => readonly string[])[] = [
  (tables) => [
    ...createTables(tables),
    ...createFunctions(tables),
    ...orderingFunctions(tables),
    acceptFunction(tables),
    ...claimFunctions(tables),
    ...settleFunctions(tables),
  ],
];

// Compared by bytes, as ids and names are: many times faster than by the rules of a language.
const ID = 'text COLLATE "C"';

function createTables(t: Tables): readonly string[] {
  return [
    `CREATE TABLE ${t.subscriptions} (
      id ${ID} PRIMARY KEY,
      tenant ${ID} NOT NULL,
      url text NOT NULL,
      event_types text[] NOT NULL,
      description text NOT NULL,
      metadata text NOT NULL,
      headers text NOT NULL,
      secrets text NOT NULL,
      credentials text NOT NULL,
      retry text,
      filter text,
      concurrency integer,
      rate_limit double precision,
      state text NOT NULL,
      disabled_reason text,
      disabled_at bigint,
      failing_since bigint,
      generation integer NOT NULL DEFAULT 0,
      created_at bigint NOT NULL,
      updated_at bigint NOT NULL,
      wants text[] NOT NULL
    )`,
    `CREATE INDEX subscriptions_by_tenant ON ${t.subscriptions} (tenant, id)`,
    `CREATE INDEX subscriptions_by_wants ON ${t.subscriptions}
      USING gin (wants) WITH (fastupdate = off)`,

    // A null body was removed. Whether an event can be forgotten is looked at again after purge_after.
    `CREATE TABLE ${t.events} (
      id ${ID} PRIMARY KEY,
      tenant ${ID} NOT NULL,
      type text NOT NULL,
      method text NOT NULL,
      body bytea,
      occurred_at bigint NOT NULL,
      idempotency_key text,
      fingerprint text,
      purge_after bigint NOT NULL,
      ordering_key text
    )`,
    `CREATE UNIQUE INDEX events_by_key ON ${t.events} (tenant, idempotency_key)
      WHERE idempotency_key IS NOT NULL`,
    `CREATE INDEX events_by_time ON ${t.events} (tenant, occurred_at, id)`,
    `CREATE INDEX events_by_purge ON ${t.events} (purge_after)`,

    // Each delivery that is made pending with an ordering key has the next; a clock may be set back.
    `CREATE SEQUENCE ${t.ordinals}`,

    // A delivery waits only for the generation of its subscription that it was made pending in.
    // lease_until is set while a request is in flight; later tells retries and replays from first tries.
    // One that is pending without due_at stands behind another of its ordering key.
    `CREATE TABLE ${t.deliveries} (
      id ${ID} PRIMARY KEY,
      event_id ${ID} NOT NULL,
      event_type text NOT NULL,
      subscription_id ${ID} NOT NULL,
      tenant ${ID} NOT NULL,
      status text NOT NULL,
      reason text,
      attempts integer NOT NULL DEFAULT 0,
      tries integer NOT NULL DEFAULT 0,
      replayed boolean NOT NULL DEFAULT false,
      generation integer NOT NULL DEFAULT 0,
      later boolean NOT NULL DEFAULT false,
      due_at bigint,
      lease_until bigint,
      created_at bigint NOT NULL,
      ended_at bigint,
      ordering_key ${ID},
      ordinal bigint
    )`,
    `CREATE UNIQUE INDEX deliveries_by_event ON ${t.deliveries} (event_id, subscription_id)`,
    `CREATE INDEX deliveries_by_subscription ON ${t.deliveries} (subscription_id, id)`,
    `CREATE INDEX deliveries_by_tenant ON ${t.deliveries} (tenant, id)`,
    `CREATE INDEX deliveries_due ON ${t.deliveries} (later, due_at, id)
      WHERE due_at IS NOT NULL AND lease_until IS NULL`,
    `CREATE INDEX deliveries_due_by_subscription ON ${t.deliveries}
      (subscription_id, later, due_at, id) WHERE due_at IS NOT NULL AND lease_until IS NULL`,
    `CREATE INDEX deliveries_in_flight ON ${t.deliveries} (lease_until)
      WHERE lease_until IS NOT NULL`,
    `CREATE INDEX deliveries_pending ON ${t.deliveries} (tenant, id) WHERE status = 'pending'`,
    `CREATE INDEX deliveries_lost ON ${t.deliveries} (tenant, status, id)
      WHERE status IN ('exhausted', 'cancelled')`,
    `CREATE INDEX deliveries_lost_by_subscription ON ${t.deliveries} (subscription_id, id)
      WHERE status IN ('exhausted', 'cancelled')`,
    // Unique, so that at most one of a line has an attempt behind it: ordinal 0.
    `CREATE UNIQUE INDEX deliveries_in_line ON ${t.deliveries}
      (subscription_id, ordering_key, ordinal, generation)
      WHERE ordering_key IS NOT NULL AND status = 'pending'`,

    // What waits for older generations of these is being cancelled.
    `CREATE TABLE ${t.cancellations} (
      subscription_id ${ID} PRIMARY KEY,
      generation integer NOT NULL,
      reason text NOT NULL
    )`,

    `CREATE TABLE ${t.attempts} (
      delivery_id ${ID} NOT NULL,
      number integer NOT NULL,
      started_at bigint NOT NULL,
      outcome text,
      duration integer,
      status integer,
      answer text,
      error text,
      PRIMARY KEY (delivery_id, number)
    ) WITH (fillfactor = 80)`,

    // Processes that deliver.
    `CREATE TABLE ${t.replicas} (id ${ID} PRIMARY KEY, expires_at bigint NOT NULL)`,
  ];
}
