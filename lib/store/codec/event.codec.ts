import type { EventRecord } from '../event.record.js';
import { bytesOf, numberOf, Row, textOf, textOrNull } from './row.js';

/** Columns of an event. The time is milliseconds since the Unix epoch. */
export const EVENT_COLUMNS = [
  'id',
  'type',
  'tenant',
  'method',
  'body',
  'occurred_at',
  'idempotency_key',
  'fingerprint',
  'ordering_key',
] as const;

export function decodeEvent(row: Row): EventRecord {
  const key = textOrNull(row, 'idempotency_key');
  return {
    id: textOf(row, 'id'),
    type: textOf(row, 'type'),
    tenant: textOf(row, 'tenant'),
    method: textOf(row, 'method') as EventRecord['method'],
    body: bytesOf(row, 'body'),
    occurredAt: numberOf(row, 'occurred_at'),
    idempotency: key === null ? null : { key, fingerprint: textOf(row, 'fingerprint') },
    orderingKey: textOrNull(row, 'ordering_key'),
  };
}
