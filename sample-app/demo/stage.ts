import { setTimeout } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { type RetrySchedule, type SubscriptionWithSecret, WebhookService } from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { startApp } from '../create-app.js';
import { ReceiverService } from '../receiver/receiver.service.js';
import { Shop } from './shop.js';
import { Timeline } from './timeline.js';

/** A receiver and its webhook subscription. */
export interface Cast {
  readonly receiver: WebhookReceiver;
  readonly subscription: SubscriptionWithSecret;
}

const POLL = 10;
const PATIENCE = 15_000;

/** The running shop, the receivers, and the timeline of what passes between them. */
export class Stage {
  private readonly receivers: WebhookReceiver[] = [];
  private readonly names = new Map<string, string>();
  private readonly timeline = new Timeline(this);

  private constructor(
    private readonly app: INestApplication,
    readonly shop: Shop,
    /** Id of the webhook subscription of the shop's own receiver. */
    readonly ownSubscriptionId: string,
  ) {}

  static async open(): Promise<Stage> {
    // The timeline tells of failed attempts, which would be warnings in the log.
    const app = await startApp(0, { logger: ['error'] });
    const { items } = await app.get(WebhookService).subscriptions.list();
    const own = items[0]?.id ?? '';
    const stage = new Stage(app, new Shop(await app.getUrl()), own);
    stage.name(own, 'the shop itself');
    return stage;
  }

  get webhooks(): WebhookService {
    return this.app.get(WebhookService);
  }

  /** The shop's own receiver. */
  get ownReceiver(): ReceiverService {
    return this.app.get(ReceiverService);
  }

  /** Starts a receiver that answers 204. */
  async receiver(): Promise<WebhookReceiver> {
    const receiver = await WebhookReceiver.start();
    this.receivers.push(receiver);
    return receiver;
  }

  /** Starts a receiver and subscribes it. */
  async cast(name: string, eventTypes: string[], retry?: RetrySchedule): Promise<Cast> {
    const receiver = await this.receiver();
    const subscription = await this.webhooks.subscribe({ url: receiver.url, eventTypes, retry });
    this.name(subscription.id, name);
    return { receiver, subscription };
  }

  /** Gives a webhook subscription a name for the timeline. */
  name(subscriptionId: string, name: string): void {
    this.names.set(subscriptionId, name);
  }

  nameOf(subscriptionId: string): string {
    return this.names.get(subscriptionId) ?? subscriptionId;
  }

  /** Waits until no delivery is pending, printing attempts as they end. */
  async quiet(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const { items } = await this.webhooks.deliveries.list({ status: 'pending' });
      await this.timeline.print();
      if (items.length === 0) return;
      if (performance.now() > end) throw new Error(`${items.length} deliveries are still pending`);
      await setTimeout(POLL);
    }
  }

  async close(): Promise<void> {
    await this.app.close();
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
  }
}
