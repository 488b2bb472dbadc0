import type { Tables } from './schema.tables.js';

/** The database's time in milliseconds since the Unix epoch. */
export const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** The database's time in microseconds since the Unix epoch. */
export const NOW_MICROSECONDS = 'floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint';

/** Condition on a delivery: pending, and no request of it in flight. As the partial indexes have it. */
export const WAITING = 'd.due_at IS NOT NULL AND d.lease_until IS NULL';

/**
 * The same, in words that no partial index has: where rows are looked up by their ids, the planner must
 * not think it cheaper to read everything that waits.
 */
export const FREE = 'd.due_at IS NOT NULL AND coalesce(d.lease_until, 0) = 0';

/** Condition on a delivery: pending, due at some time or not, and no request of it in flight. */
export const OPEN = 'd.ended_at IS NULL AND coalesce(d.lease_until, 0) = 0';

/** The place of a delivery at the end of its line; null without a key. */
export function nextOrdinal(t: Tables, key: string): string {
  return `CASE WHEN ${key} IS NOT NULL THEN nextval('${t.ordinals}') END`;
}

const LARGEST_TIME = 2 ** 48 - 1;

/**
 * A new delivery's id: a UUIDv7 whose milliseconds are exactly its `created_at`, so that a range of time
 * is a range of ids.
 * @param us an expression: microseconds since the Unix epoch
 */
export function deliveryId(us: string): string {
  const time = `lpad(to_hex(${us} / 1000), 12, '0')`;
  const fraction = `lpad(to_hex(${us} % 1000 * 4096 / 1000), 3, '0')`;
  const random = `substr(replace(gen_random_uuid()::text, '-', ''), 17)`;
  return `'dlv_' || ${time} || '7' || ${fraction} || ${random}`;
}

/** The least id of a delivery made at this time or later. */
export function firstDeliveryIdOf(time: number): string {
  const milliseconds = Math.min(Math.max(0, Math.ceil(time)), LARGEST_TIME);
  return `dlv_${milliseconds.toString(16).padStart(12, '0')}`;
}
