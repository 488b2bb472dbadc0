import { DELIVERY_COLUMNS } from '../codec/delivery.codec.js';
import { SUBSCRIPTION_COLUMNS } from '../codec/subscription.codec.js';

/** Columns of the event that the delivery does not have. */
export const EVENT_DETAILS = [
  'method',
  'body',
  'occurred_at',
  'idempotency_key',
  'fingerprint',
] as const;

/** The columns for a SELECT, called the same with a prefix. */
export function columnsOf(alias: string, columns: readonly string[], prefix = ''): string {
  return columns.map((column) => `${alias}.${column} AS ${prefix}${column}`).join(', ');
}

/** The delivery's columns as they are called; those of the event and subscription with a prefix. */
export function claimColumns(delivery: string, event: string, subscription: string): string {
  return [
    columnsOf(delivery, DELIVERY_COLUMNS),
    columnsOf(event, EVENT_DETAILS, 'e_'),
    columnsOf(subscription, SUBSCRIPTION_COLUMNS, 's_'),
  ].join(', ');
}
