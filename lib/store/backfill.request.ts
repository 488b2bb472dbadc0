import type { EventRecord } from './event.record.js';

/** A stretch of a long call that goes through many records, oldest first. */
export interface BackfillRequest {
  readonly subscriptionId: string;
  /** Accepted at or after, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** Accepted before, in milliseconds since the Unix epoch. */
  readonly until: number;
  /** Only event types that one of these matches: exact, `order.*` or `*`. */
  readonly patterns: readonly string[];
  /** Of events that would be new to the subscription, only those this admits. */
  readonly admits: (event: EventRecord) => boolean;
  /** Only what follows this cursor of an earlier answer. */
  readonly after: string | null;
  /** Goes through at most so many records. */
  readonly limit: number;
}

/** Answer of `recover` and `replay` of a `WebhookStore`. */
export interface Backfilled {
  /** Deliveries that are pending now because of this call, due at once. */
  readonly deliveryIds: readonly string[];
  /** Where to go on; null at the end. */
  readonly next: string | null;
}
