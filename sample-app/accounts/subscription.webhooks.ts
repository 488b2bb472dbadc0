import { ApiTags } from '@nestjs/swagger';
import { Webhook } from 'nestjs-webhooks';
import { PlanSubscriptionDto } from './plan-subscription.dto.js';

/** Events of customers' subscriptions to the shop's plans. */
@ApiTags('Subscriptions')
export class SubscriptionWebhooks {
  /** Sent when a customer subscribes to a plan. */
  @Webhook('subscription.created')
  subscriptionCreated(_body: PlanSubscriptionDto): void {}

  /** Sent when a customer cancels a plan. The plan ends at once. */
  @Webhook('subscription.cancelled')
  subscriptionCancelled(_body: PlanSubscriptionDto): void {}
}
