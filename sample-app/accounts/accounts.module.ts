import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { PlanSubscriptionsRepository } from './plan-subscriptions.repository.js';
import { SubscriptionWebhooks } from './subscription.webhooks.js';
import { UserWebhooks } from './user.webhooks.js';

@Module({
  controllers: [AccountsController],
  providers: [AccountsService, PlanSubscriptionsRepository, SubscriptionWebhooks, UserWebhooks],
})
export class AccountsModule {}
