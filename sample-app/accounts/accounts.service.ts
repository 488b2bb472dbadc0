import { randomUUID } from 'node:crypto';
import { Injectable, NotFoundException } from '@nestjs/common';
import { WebhookService } from 'nestjs-webhooks';
import { Database } from '../database/database.js';
import { PlanSubscriptionDto } from './plan-subscription.dto.js';
import { PlanSubscriptionsRepository } from './plan-subscriptions.repository.js';
import { SubscribeDto } from './subscribe.dto.js';
import { SubscriptionWebhooks } from './subscription.webhooks.js';
import { UserWebhooks } from './user.webhooks.js';

/** Customers and their plans. A change and its event are one transaction. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly database: Database,
    private readonly subscriptions: PlanSubscriptionsRepository,
    private readonly webhooks: WebhookService,
  ) {}

  async subscribe({ customerId, plan }: SubscribeDto): Promise<PlanSubscriptionDto> {
    const subscription = { id: `ps_${randomUUID()}`, customerId, plan, startedAt: new Date() };
    await this.database.transaction(async (tx) => {
      await this.subscriptions.insert(tx, subscription);
      await this.webhooks
        .of(SubscriptionWebhooks)
        .subscriptionCreated(subscription, { transaction: tx.connection });
    });
    return subscription;
  }

  async cancel(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const subscription = await this.subscriptions.delete(tx, id);
      if (subscription === null) throw new NotFoundException('No such plan subscription');
      await this.webhooks
        .of(SubscriptionWebhooks)
        .subscriptionCancelled(subscription, { transaction: tx.connection });
    });
  }

  async deleteUser(userId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const count = await this.subscriptions.deleteOf(tx, userId);
      if (count === 0) throw new NotFoundException('No such user');
      await this.webhooks.of(UserWebhooks).userDeleted({ userId }, { transaction: tx.connection });
    });
  }
}
