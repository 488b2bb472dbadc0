import { WebhookSubscriptionDto } from './webhook-subscription.dto.js';

/** What can be subscribed to, and what is. */
export class WebhooksConfigDto {
  /**
   * Every event type of the shop.
   * @example ['order.created', 'order.paid']
   */
  eventTypes!: string[];

  /** Webhook subscriptions, newest first. */
  subscriptions!: WebhookSubscriptionDto[];
}
