import { decodeDelivery } from '../codec/delivery.codec.js';
import { decodeEvent } from '../codec/event.codec.js';
import { Row, textOrNull } from '../codec/row.js';
import { SUBSCRIPTION_COLUMNS, SubscriptionCodec } from '../codec/subscription.codec.js';
import { UnreadableRecordError } from '../codec/unreadable-record.error.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type { Claim } from '../webhook.store.js';
import { EVENT_DETAILS } from './claim.columns.js';

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

/** Turns the rows of a claim into records. Of the rows of one subscription one has it, or each. */
export function decodeClaims(rows: readonly Row[], codec: SubscriptionCodec): DecodedClaims {
  const claims: Claim[] = [];
  const unreadable: UnreadableClaim[] = [];
  const subscriptions = decodeSubscriptions(rows, codec);
  for (const row of rows) {
    const delivery = decodeDelivery(row);
    const event = decodeEvent({
      ...unprefixed(row, 'e_', EVENT_DETAILS),
      id: delivery.eventId,
      type: delivery.eventType,
      tenant: delivery.tenant,
      ordering_key: delivery.orderingKey,
    });
    const subscription = subscriptions.get(delivery.subscriptionId) ?? null;
    if (subscription instanceof UnreadableRecordError) {
      unreadable.push({ delivery, problem: subscription });
    } else {
      claims.push({ delivery, event, subscription });
    }
  }
  return { claims, unreadable };
}

function decodeSubscriptions(
  rows: readonly Row[],
  codec: SubscriptionCodec,
): ReadonlyMap<string, SubscriptionRecord | UnreadableRecordError> {
  const found = new Map<string, SubscriptionRecord | UnreadableRecordError>();
  for (const row of rows) {
    const id = textOrNull(row, 's_id');
    if (id !== null && !found.has(id)) found.set(id, decodeSubscription(row, codec));
  }
  return found;
}

function decodeSubscription(
  row: Row,
  codec: SubscriptionCodec,
): SubscriptionRecord | UnreadableRecordError {
  try {
    return codec.decode(unprefixed(row, 's_', SUBSCRIPTION_COLUMNS));
  } catch (error) {
    if (error instanceof UnreadableRecordError) return error;
    throw error;
  }
}

function unprefixed(row: Row, prefix: string, columns: readonly string[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const column of columns) found[column] = row[prefix + column];
  return found;
}
