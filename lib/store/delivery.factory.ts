import type { DeliveryRecord } from './delivery.record.js';
import type { EventRecord } from './event.record.js';

/** A delivery that is due at once. */
export function newDelivery(
  id: string,
  event: Pick<EventRecord, 'id' | 'type' | 'tenant' | 'orderingKey'>,
  subscriptionId: string,
  replayed: boolean,
  now: number,
): DeliveryRecord {
  return {
    id,
    eventId: event.id,
    eventType: event.type,
    subscriptionId,
    tenant: event.tenant,
    status: 'pending',
    reason: null,
    attempts: 0,
    tries: 0,
    replayed,
    orderingKey: event.orderingKey,
    dueAt: now,
    createdAt: now,
    endedAt: null,
  };
}
