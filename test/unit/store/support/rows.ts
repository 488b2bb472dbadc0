import type { Row } from '../../../../lib/store/codec/row.js';
import type { DeliveryRecord } from '../../../../lib/store/delivery.record.js';
import type { EventRecord } from '../../../../lib/store/event.record.js';

/** An event as a store keeps it. */
export function eventRow(event: EventRecord): Row {
  return {
    id: event.id,
    type: event.type,
    tenant: event.tenant,
    method: event.method,
    body: event.body,
    occurred_at: event.occurredAt,
    idempotency_key: event.idempotency?.key ?? null,
    fingerprint: event.idempotency?.fingerprint ?? null,
    ordering_key: event.orderingKey,
  };
}

/** A delivery as a store keeps it. */
export function deliveryRow(delivery: DeliveryRecord): Row {
  return {
    id: delivery.id,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    subscription_id: delivery.subscriptionId,
    tenant: delivery.tenant,
    status: delivery.status,
    reason: delivery.reason,
    attempts: delivery.attempts,
    tries: delivery.tries,
    replayed: delivery.replayed ? 1 : 0,
    ordering_key: delivery.orderingKey,
    due_at: delivery.dueAt,
    created_at: delivery.createdAt,
    ended_at: delivery.endedAt,
  };
}
