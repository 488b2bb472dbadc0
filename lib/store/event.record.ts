import type { WebhookMethod } from './webhook-method.js';

/** One occurrence of an event type, accepted once. */
export interface EventRecord {
  /** `evt_…`: the `webhook-id` header of every request of this event. */
  readonly id: string;
  /** Name of the event type, for example `order.paid`. */
  readonly type: string;
  readonly tenant: string;
  readonly method: WebhookMethod;
  /** The exact bytes that are signed and sent, made once. Empty when the stub declares no body. */
  readonly body: Buffer;
  /** When it was sent by the application, in milliseconds since the Unix epoch. */
  readonly occurredAt: number;
  readonly idempotency: EventIdempotency | null;
  /**
   * Events with the same one are delivered one after the other, in the order of their acceptance, to
   * each subscription; null for no order.
   */
  readonly orderingKey: string | null;
}

/** What makes a repeated `send` the same event. */
export interface EventIdempotency {
  /** The application's key, unique in the tenant. */
  readonly key: string;
  /** Digest of event type, method and payload: tells a repeat from a reused key. */
  readonly fingerprint: string;
}
