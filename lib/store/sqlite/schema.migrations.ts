/** What leads from each version of the tables to the next, oldest first; never changed once released. */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE {subscriptions} (
  id TEXT PRIMARY KEY NOT NULL,
  tenant TEXT NOT NULL,
  url TEXT NOT NULL,
  event_types TEXT NOT NULL,
  description TEXT NOT NULL,
  metadata TEXT NOT NULL,
  headers TEXT NOT NULL,
  secrets TEXT NOT NULL,
  credentials TEXT NOT NULL,
  retry TEXT,
  filter TEXT,
  concurrency INTEGER,
  rate_limit REAL,
  state TEXT NOT NULL,
  disabled_reason TEXT,
  disabled_at INTEGER,
  failing_since INTEGER,
  generation INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX {subscriptions_tenant} ON {subscriptions} (tenant, id);

CREATE TABLE {patterns} (
  tenant TEXT NOT NULL,
  pattern TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  PRIMARY KEY (tenant, pattern, subscription_id)
) WITHOUT ROWID;
CREATE INDEX {patterns_subscription} ON {patterns} (subscription_id);

CREATE TABLE {events} (
  id TEXT PRIMARY KEY NOT NULL,
  type TEXT NOT NULL,
  tenant TEXT NOT NULL,
  method TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  idempotency_key TEXT,
  fingerprint TEXT,
  ordering_key TEXT,
  open INTEGER NOT NULL,
  ended_at INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX {events_key} ON {events} (tenant, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX {events_time} ON {events} (tenant, occurred_at, id);
CREATE INDEX {events_ended} ON {events} (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE {bodies} (
  event_id TEXT PRIMARY KEY NOT NULL,
  body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE {deliveries} (
  id TEXT PRIMARY KEY NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  subscription_id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  attempts INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  replayed INTEGER NOT NULL,
  ordering_key TEXT,
  ordinal INTEGER,
  due_at INTEGER,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  generation INTEGER NOT NULL,
  queue INTEGER,
  lease_until INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX {deliveries_event} ON {deliveries} (event_id, subscription_id);
CREATE INDEX {deliveries_tenant_pending} ON {deliveries} (tenant, status, id)
  WHERE status = 'pending';
CREATE INDEX {deliveries_tenant_ended} ON {deliveries} (tenant, status, id)
  WHERE status <> 'pending';
CREATE INDEX {deliveries_subscription_pending} ON {deliveries} (subscription_id, status, id)
  WHERE status = 'pending';
CREATE INDEX {deliveries_subscription_ended} ON {deliveries} (subscription_id, status, id)
  WHERE status <> 'pending';
CREATE INDEX {deliveries_due} ON {deliveries}
  (subscription_id, queue, generation, due_at, id)
  WHERE queue IS NOT NULL;
CREATE INDEX {deliveries_line} ON {deliveries} (subscription_id, ordering_key, ordinal)
  WHERE ordering_key IS NOT NULL AND status = 'pending';
CREATE INDEX {deliveries_lease} ON {deliveries} (lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE {queues} (
  subscription_id TEXT NOT NULL,
  queue INTEGER NOT NULL,
  next_due INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, queue)
) WITHOUT ROWID;
CREATE INDEX {queues_due} ON {queues} (queue, next_due, subscription_id);

CREATE TABLE {cancellations} (
  subscription_id TEXT PRIMARY KEY NOT NULL,
  generation INTEGER NOT NULL,
  reason TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE {attempts} (
  delivery_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  outcome TEXT,
  duration INTEGER,
  status INTEGER,
  answer TEXT,
  error TEXT,
  PRIMARY KEY (delivery_id, number)
) WITHOUT ROWID;
`,
];
