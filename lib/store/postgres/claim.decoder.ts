import { decodeDelivery } from '../codec/delivery.codec.js';
import { decodeEvent } from '../codec/event.codec.js';
import { Row, textOf, textOrNull } from '../codec/row.js';
import type { SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type { Claim } from '../webhook.store.js';

/** What `claimedAsJson` makes. */
export interface ClaimedRows extends Row {
  readonly held: readonly Row[];
  readonly told: readonly Row[];
  readonly wanted: readonly Row[];
}

/** A held delivery whose subscription cannot be read. */
export interface UnreadableClaim {
  readonly delivery: DeliveryRecord;
  readonly problem: UnreadableRecordError;
}

/** What {@link decodeClaims} makes of the rows. */
export interface DecodedClaims {
  readonly claims: readonly Claim[];
  readonly unreadable: readonly UnreadableClaim[];
}

/** Turns what a claim gave into records. */
export function decodeClaims(
  { held, told, wanted }: ClaimedRows,
  codec: SubscriptionCodec,
): DecodedClaims {
  const claims: Claim[] = [];
  const unreadable: UnreadableClaim[] = [];
  const details = new Map(told.map((row) => [textOf(row, 'id'), row]));
  const events = new Map<string, EventRecord>();
  const subscriptions = new Map(wanted.map((row) => [textOf(row, 'id'), decoded(row, codec)]));
  for (const row of held) {
    const delivery = decodeDelivery(row);
    const subscription = subscriptions.get(delivery.subscriptionId) ?? null;
    if (subscription instanceof UnreadableRecordError) {
      unreadable.push({ delivery, problem: subscription });
    } else {
      const { eventId } = delivery;
      const event = events.get(eventId) ?? eventOf(delivery, details.get(eventId));
      events.set(eventId, event);
      claims.push({ delivery, event, subscription });
    }
  }
  return { claims, unreadable };
}

const REMOVED: Row = { body: null, idempotency_key: null };

function eventOf(delivery: DeliveryRecord, row: Row = REMOVED): EventRecord {
  return decodeEvent({
    ...row,
    id: delivery.eventId,
    type: delivery.eventType,
    tenant: delivery.tenant,
    body: Buffer.from(textOrNull(row, 'body') ?? '', 'base64'),
    ordering_key: delivery.orderingKey,
  });
}

function decoded(row: Row, codec: SubscriptionCodec): SubscriptionRecord | UnreadableRecordError {
  try {
    return codec.decode(row);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  }
}
