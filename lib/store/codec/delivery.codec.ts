import type { DeliveryRecord } from '../delivery.record.js';
import { flagOf, numberOf, numberOrNull, Row, textOf, textOrNull } from './row.js';

/** Columns of a delivery. Times are milliseconds since the Unix epoch. */
export const DELIVERY_COLUMNS = [
  'id',
  'event_id',
  'event_type',
  'subscription_id',
  'tenant',
  'status',
  'reason',
  'attempts',
  'tries',
  'replayed',
  'ordering_key',
  'due_at',
  'created_at',
  'ended_at',
] as const;

export function decodeDelivery(row: Row): DeliveryRecord {
  return {
    id: textOf(row, 'id'),
    eventId: textOf(row, 'event_id'),
    eventType: textOf(row, 'event_type'),
    subscriptionId: textOf(row, 'subscription_id'),
    tenant: textOf(row, 'tenant'),
    status: textOf(row, 'status') as DeliveryRecord['status'],
    reason: textOrNull(row, 'reason'),
    attempts: numberOf(row, 'attempts'),
    tries: numberOf(row, 'tries'),
    replayed: flagOf(row, 'replayed'),
    orderingKey: textOrNull(row, 'ordering_key'),
    dueAt: numberOrNull(row, 'due_at'),
    createdAt: numberOf(row, 'created_at'),
    endedAt: numberOrNull(row, 'ended_at'),
  };
}
