import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import {
  fixed,
  type RetrySchedule,
  type SubscriptionWithSecret,
  WebhookService,
} from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { startApp } from '../create-app.js';
import { ReceiverService } from '../receiver/receiver.service.js';
import { ShopProcess } from './shop.process.js';
import { Shop } from './shop.js';
import { Timeline } from './timeline.js';

/** A receiver and its webhook subscription. */
export interface Cast {
  readonly receiver: WebhookReceiver;
  readonly subscription: SubscriptionWithSecret;
}

const POLL = 50;
const PATIENCE = 60_000;

// The default schedule takes three days, and the default sweep comes every five seconds.
const OPTIONS = { retry: fixed([500, 500, 500]), sweepInterval: 100 };
// A process that was killed holds what it was delivering for the sum of these.
const OPTIONS_OF_KILLED = { ...OPTIONS, timeout: 2_000, leaseMargin: 1_000 };

/** The running shop, the receivers, and the timeline of what passes between them. */
export class Stage {
  private readonly receivers: WebhookReceiver[] = [];
  private readonly names = new Map<string, string>();
  private readonly timeline = new Timeline(this);

  private constructor(
    private readonly folder: string,
    private app: INestApplication,
    readonly shop: Shop,
    /** Id of the webhook subscription of the shop's own receiver. */
    readonly ownSubscriptionId: string,
  ) {}

  /** Starts the shop on a folder of its own. */
  static async open(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'nestjs-webhooks-demo-'));
    process.env.DATA_DIR = folder;
    delete process.env.DATABASE_URL;
    delete process.env.RECEIVER_URL;
    const app = await start(0);
    const { items } = await app.get(WebhookService).subscriptions.list();
    const own = items[0]?.id ?? '';
    const stage = new Stage(folder, app, new Shop(await app.getUrl()), own);
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

  /** What `promise` gives, unless that takes too long. */
  async within<T>(what: string, promise: Promise<T>): Promise<T> {
    const late = setTimeout(PATIENCE, null, { ref: false }).then(() => {
      throw new Error(`Waited in vain for ${what}`);
    });
    return Promise.race([promise, late]);
  }

  /**
   * Plays `scene` with the shop in a process of its own, on the same data and at the same URL, kills that
   * process as `kill -9` does, and starts the shop here again.
   */
  async killAfter(scene: () => Promise<void>): Promise<void> {
    const { port } = new URL(this.shop.url);
    await this.app.close();
    try {
      const env = { PORT: port, WEBHOOK_OPTIONS: JSON.stringify(OPTIONS_OF_KILLED) };
      const shop = ShopProcess.start(env);
      try {
        await this.within('the shop to open', shop.answers(`${this.shop.url}/orders`));
        await scene();
      } finally {
        await shop.kill();
      }
    } finally {
      this.app = await start(Number(port));
    }
  }

  async close(): Promise<void> {
    await this.app.close();
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
    await rm(this.folder, { recursive: true });
  }
}

async function start(port: number): Promise<INestApplication> {
  process.env.WEBHOOK_OPTIONS = JSON.stringify(OPTIONS);
  // The timeline tells of failed attempts, which would be warnings in the log.
  return startApp(port, { logger: ['error'] });
}
