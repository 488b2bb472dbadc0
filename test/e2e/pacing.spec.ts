import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateSubscription,
  DeliveryEngine,
  DeliveryHint,
  DueRunner,
  fixed,
  InMemoryWebhookStore,
  WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopApp, startShop, until } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 3_600_000;

describe('pacing', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let shop: ShopApp;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await receiver.close();
    await shop.app.close();
  });

  async function start(
    options: WebhooksModuleOptions = {},
    details: Partial<CreateSubscription> = {},
  ): Promise<void> {
    shop = await startShop({ clock, sweepInterval: HOUR, ...options });
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], ...details });
  }

  async function send(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent++) await shop.webhooks.send('order.paid', ORDER);
  }

  const inFlight = async (): Promise<boolean> => {
    const { items } = await shop.webhooks.deliveries.list({ limit: 200 });
    const details = await Promise.all(items.map(({ id }) => shop.webhooks.deliveries.get(id)));
    return details.some(({ attempts }) => attempts.some(({ outcome }) => outcome === null));
  };

  /** Waits until everything that may be sent at this moment was sent and recorded. */
  async function rest(): Promise<number> {
    await until(async () => !(await inFlight()));
    await clock.advance(0);
    await until(async () => !(await inFlight()));
    return receiver.requests.length;
  }

  it.each([
    [5, 10, [5, 5, 6, 8, 10]],
    [0.5, 3, [1, 1, 1, 1, 1]],
  ])('holds %d requests a second', async (rateLimit, count, expected) => {
    await start({}, { rateLimit });
    await send(count);
    const seen = [await rest()];
    for (const wait of [199, 1, 400, 400]) {
      await clock.advance(wait);
      seen.push(await rest());
    }
    expect(seen).toEqual(expected);
    await clock.advance(10_000);
    await receiver.received(count);
    const { items } = await shop.webhooks.deliveries.list();
    await rest();
    for (const { id } of items) {
      expect(await shop.webhooks.deliveries.get(id)).toMatchObject({ attemptCount: 1 });
    }
  });

  it('has its part of a rate limit that several processes share', async () => {
    class SharedStore extends InMemoryWebhookStore {
      replicas = 2;

      override async noteReplica(): Promise<number> {
        return this.replicas;
      }
    }
    const store = new SharedStore({ clock });
    await start({ store, sweepInterval: 1_000 }, { rateLimit: 10 });
    await send(40);
    const seen = [await rest()];
    const second = async (): Promise<void> => {
      for (let step = 0; step < 10; step++) {
        await clock.advance(100);
        await rest();
      }
      seen.push(receiver.requests.length);
    };
    await second();
    store.replicas = 1;
    await second();
    await second();
    expect(seen).toEqual([5, 10, 15, 25]);
  });

  const begun = async (): Promise<number> => {
    const { items } = await shop.webhooks.deliveries.list();
    return items.filter(({ attemptCount }) => attemptCount > 0).length;
  };

  it("begins with one request, and heeds a subscription's own concurrency after a quick answer", async () => {
    const gate = new EventEmitter();
    receiver.next({ status: 204, after: () => once(gate, 'open') }).otherwise('hang');
    await start({}, { concurrency: 3 });
    await send(10);
    await receiver.received(1);
    await clock.advance(0);
    expect(await begun()).toBe(1);
    gate.emit('open');
    await receiver.received(4);
    await clock.advance(0);
    expect(await begun()).toBe(4);
  });

  it('a backlog of retries leaves places to first tries', async () => {
    const retried = Array.from({ length: 4 }, () => 500);
    receiver.next(...retried).otherwise('hang');
    const concurrency = { total: 4, perSubscription: 4 };
    await start({ retry: fixed([1_000], 0), concurrency });
    await send(4);
    await rest();
    await clock.advance(1_000);
    await receiver.received(5);
    const other = await WebhookReceiver.start();
    await shop.webhooks.subscribe({ url: other.url, eventTypes: ['order.created'] });
    await shop.webhooks.send('order.created', ORDER);
    await other.received(1);
    expect(receiver.requests.length).toBeLessThan(8);
    await other.close();
  });

  it.each([429, 502, 504])('sends one at a time after a %d', async (status) => {
    receiver.next(status).otherwise('hang');
    await start({ retry: fixed([HOUR], 0) });
    await send(1);
    await rest();
    await send(5);
    await receiver.received(2);
    await clock.advance(0);
    expect(await begun()).toBe(2);
  });

  it('leaves a subscription that only fails alone, and probes it ever more rarely', async () => {
    receiver.otherwise(500);
    const breaker = { failures: 3, pause: 1_000, longestPause: 4_000 };
    await start({ breaker, retry: fixed([HOUR], 0), concurrency: { perSubscription: 1 } });
    await send(20);
    expect(await rest()).toBe(3);
    const seen: number[] = [];
    for (const wait of [999, 1, 1_999, 1, 3_999, 1, 3_999, 1]) {
      await clock.advance(wait);
      seen.push(await rest());
    }
    expect(seen).toEqual([3, 4, 4, 5, 5, 6, 6, 7]);
    receiver.otherwise(204);
    await clock.advance(4_000);
    await receiver.received(20);
    await rest();
    const { items } = await shop.webhooks.deliveries.list();
    expect(items.every(({ attemptCount }) => attemptCount === 1)).toBe(true);
  });

  it('an engine that hands over ids leaves nothing waiting that had no room', async () => {
    class ByIds extends DeliveryEngine {
      private runner: DueRunner | null = null;

      async start(runner: DueRunner | null): Promise<void> {
        this.runner = runner;
      }

      wake({ deliveryIds, dueIn }: DeliveryHint): void {
        if (dueIn === 0 && deliveryIds.length > 0) void this.runner?.take(deliveryIds);
      }

      async stop(): Promise<void> {}
    }
    const gate = new EventEmitter();
    receiver.next({ status: 204, after: () => once(gate, 'open') });
    await start({ engine: new ByIds() }, { concurrency: 1, eventTypes: ['order.paid'] });
    await send(3);
    await receiver.received(1);
    const other = await WebhookReceiver.start();
    await shop.webhooks.subscribe({ url: other.url, eventTypes: ['order.created'] });
    await shop.webhooks.send('order.created', ORDER);
    await other.received(1);
    gate.emit('open');
    expect(await receiver.received(3)).toHaveLength(3);
    await other.close();
  });

  it('first tries and a backlog of retries do not keep each other waiting', async () => {
    receiver.otherwise(500);
    await start({
      retry: fixed([1_000, HOUR], 0),
      concurrency: { total: 2, perSubscription: 2 },
      breaker: { failures: 1_000 },
    });
    await send(20);
    expect(await rest()).toBe(20);
    receiver.otherwise(204);
    await clock.advance(999);
    const sending = send(20);
    await clock.advance(1);
    await sending;
    await receiver.received(60);
    const kinds = receiver.requests.slice(20, 60).map(({ headers }) => headers['webhook-id']);
    const old = new Set(receiver.requests.slice(0, 20).map(({ headers }) => headers['webhook-id']));
    const half = kinds.slice(0, 20).filter((id) => old.has(id)).length;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(20);
  });
});
