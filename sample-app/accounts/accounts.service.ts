import { randomUUID } from 'node:crypto';
import { Injectable, NotFoundException } from '@nestjs/common';
import { WebhookService } from 'nestjs-webhooks';
import { PlanSubscriptionDto } from './plan-subscription.dto.js';
import { SubscribeDto } from './subscribe.dto.js';
import { SubscriptionWebhooks } from './subscription.webhooks.js';
import { UserWebhooks } from './user.webhooks.js';

/** Customers and their plans, in memory. */
@Injectable()
export class AccountsService {
  private readonly subscriptions = new Map<string, PlanSubscriptionDto>();

  constructor(private readonly webhooks: WebhookService) {}

  async subscribe({ customerId, plan }: SubscribeDto): Promise<PlanSubscriptionDto> {
    const subscription = { id: `ps_${randomUUID()}`, customerId, plan, startedAt: new Date() };
    this.subscriptions.set(subscription.id, subscription);
    await this.webhooks.of(SubscriptionWebhooks).subscriptionCreated(subscription);
    return subscription;
  }

  async cancel(id: string): Promise<void> {
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined) throw new NotFoundException('No such plan subscription');
    this.subscriptions.delete(id);
    await this.webhooks.of(SubscriptionWebhooks).subscriptionCancelled(subscription);
  }

  async deleteUser(userId: string): Promise<void> {
    const theirs = [...this.subscriptions.values()].filter((one) => one.customerId === userId);
    if (theirs.length === 0) throw new NotFoundException('No such user');
    for (const { id } of theirs) this.subscriptions.delete(id);
    await this.webhooks.of(UserWebhooks).userDeleted({ userId });
  }
}
