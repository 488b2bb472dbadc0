import type { SubscriptionWithSecret } from 'nestjs-webhooks';
import { WebhookSubscriptionDto } from './webhook-subscription.dto.js';

/** A webhook subscription together with its new secret. */
export class CreatedWebhookSubscriptionDto extends WebhookSubscriptionDto {
  /** Verifies the webhooks. It is shown this once: keep it. */
  secret!: string;

  static override of(subscription: SubscriptionWithSecret): CreatedWebhookSubscriptionDto {
    return Object.assign(super.of(subscription), { secret: subscription.secret });
  }
}
