import type { AttemptOutcome, AttemptRecord } from '../store/attempt.record.js';
import type { DeliveryRecord, DeliveryStatus } from '../store/delivery.record.js';

/** One event for one subscription, as support sees it. */
export interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly subscriptionId: string;
  readonly tenant: string;
  readonly status: DeliveryStatus;
  /** Why it ended without success; null otherwise. */
  readonly reason: string | null;
  /** How many attempts were begun. */
  readonly attemptCount: number;
  /** That of its event; null for no order. */
  readonly orderingKey: string | null;
  /**
   * When the next attempt is due; null once ended, and while one before it with the same `orderingKey`
   * has to end first.
   */
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

/** A delivery with its attempts, oldest first. */
export interface DeliveryWithAttempts extends Delivery {
  readonly attempts: readonly Attempt[];
}

/** One HTTP request of a delivery. */
export interface Attempt {
  /** Counted from 1. */
  readonly number: number;
  readonly startedAt: Date;
  /** Null while the request is in flight, as is everything below. */
  readonly outcome: AttemptOutcome | null;
  /** Milliseconds. */
  readonly duration: number | null;
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  /** The first 16 KiB of the answer's body, as text. */
  readonly answer: string | null;
  /** What went wrong; null on success. */
  readonly error: string | null;
}

export function toDelivery(record: DeliveryRecord): Delivery {
  return {
    id: record.id,
    eventId: record.eventId,
    eventType: record.eventType,
    subscriptionId: record.subscriptionId,
    tenant: record.tenant,
    status: record.status,
    reason: record.reason,
    attemptCount: record.attempts,
    orderingKey: record.orderingKey,
    nextAttemptAt: record.dueAt === null ? null : new Date(record.dueAt),
    createdAt: new Date(record.createdAt),
    endedAt: record.endedAt === null ? null : new Date(record.endedAt),
  };
}

export function toAttempt({ number, startedAt, result }: AttemptRecord): Attempt {
  const none = { outcome: null, duration: null, status: null, answer: null, error: null };
  return { number, startedAt: new Date(startedAt), ...(result ?? none) };
}
