import type { TenantOptions } from '../platform/tenant.js';
import type { WebhookMethod } from '../store/webhook-method.js';

/** Options of `ping`. */
export interface PingOptions extends TenantOptions {
  /**
   * Sends the example that this event type declares, as that event type and with its HTTP method.
   * @default a `webhook.ping`
   */
  readonly eventType?: string;
  /** Needed only for an event type that is declared with more than one HTTP method. */
  readonly method?: WebhookMethod;
}

/** What a ping is to be. */
export type PingWish = Pick<PingOptions, 'eventType' | 'method'>;

/** Sends a test event to one subscription. */
export type PingSender = (
  tenant: string,
  subscriptionId: string,
  wish: PingWish,
) => Promise<PingResult>;

/** The accepted test event. */
export interface PingResult {
  readonly eventId: string;
  /** Ask `deliveries.get` for what came of it. */
  readonly deliveryId: string;
}
