import { Injectable, Logger } from '@nestjs/common';
import { OnWebhookNotification, type WebhookNotifications } from 'nestjs-webhooks';

/** Hears when a webhook subscription is disabled. A real shop writes to its owner. */
@Injectable()
export class DisabledListener {
  private readonly logger = new Logger(DisabledListener.name);

  @OnWebhookNotification('subscription.disabled')
  tellOwner({ subscriptionId, reason }: WebhookNotifications['subscription.disabled']): void {
    this.logger.log(`Webhook subscription ${subscriptionId} is disabled: ${reason}`);
  }
}
