import type { RetrySchedule } from '../store/retry-schedule.record.js';

/** Options of `@Webhook()`. */
export interface WebhookDeclarationOptions {
  /**
   * Receivers should move to another event type. It is still sent, and can still be subscribed to; the
   * OpenAPI document and `events()` say so.
   * @default false
   */
  readonly deprecated?: boolean;
  /**
   * A payload as `send` takes it: shown by the OpenAPI document and `events()`, and sent by
   * `subscriptions.ping`. The app does not start with one that the declared body refuses, or that has
   * fields which would not be sent.
   */
  readonly example?: unknown;
  /**
   * When deliveries of this event type are tried; a subscription's own schedule wins.
   * @default the module's schedule
   */
  readonly retry?: RetrySchedule;
}
