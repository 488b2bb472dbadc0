import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { SubscriptionWebhooks } from './subscription.webhooks.js';
import { UserWebhooks } from './user.webhooks.js';

@Module({
  controllers: [AccountsController],
  providers: [AccountsService, SubscriptionWebhooks, UserWebhooks],
})
export class AccountsModule {}
