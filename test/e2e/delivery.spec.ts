import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DeliveryEngine,
  DueRunner,
  fixed,
  HostResolver,
  hmacHex,
  InMemoryWebhookStore,
  ResolvedAddress,
  Settled,
  Settlement,
  standardWebhooks,
  WebhookHttpService,
  WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { createSecret, verify } from 'nestjs-webhooks/signing';
import { attemptEnded, FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { Webhook } from 'standardwebhooks';
import { deliveryOf, ShopApp, startShop, until } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

describe('delivery', () => {
  let receiver: WebhookReceiver;
  let shop: ShopApp;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
  });

  async function start(options: WebhooksModuleOptions = {}, url = receiver.url): Promise<string> {
    shop = await startShop(options);
    return (await shop.webhooks.subscribe({ url, eventTypes: ['*'] })).secret;
  }

  async function send(): Promise<string> {
    const { eventId } = await shop.webhooks.send('order.paid', ORDER);
    return deliveryOf(shop.webhooks, eventId);
  }

  it.each(['axios', 'direct'] as const)(
    'is what independent verifiers accept: %s',
    async (transport) => {
      const secret = await start({ transport });
      const id = await send();
      const [request] = await receiver.received(1);
      const { headers, body } = request!;
      expect(new Webhook(secret).verify(body.toString(), headers)).toEqual(ORDER);
      expect(Object.keys(headers).sort()).toEqual([
        'accept-encoding',
        'connection',
        'content-length',
        'content-type',
        'host',
        'user-agent',
        'webhook-event',
        'webhook-id',
        'webhook-signature',
        'webhook-timestamp',
      ]);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'user-agent': 'nestjs-webhooks',
        'webhook-event': 'order.paid',
      });
      expect(await attemptEnded(shop.webhooks, id, 1)).toMatchObject({
        status: 'succeeded',
        reason: null,
        attempts: [{ number: 1, outcome: 'success', status: 204, error: null }],
      });
    },
  );

  it('is signed by every configured scheme, under the configured prefix', async () => {
    const signatures = [standardWebhooks(), hmacHex({ header: 'X-Shop-Signature' })];
    shop = await startShop({ signatures, headerPrefix: 'X-Webhook-' });
    const secret = createSecret();
    const subscription = { url: receiver.url, eventTypes: ['*'], secret };
    await shop.webhooks.subscribe(subscription);
    await send();
    const { headers, body } = (await receiver.received(1))[0]!;
    const verified = verify({ secret, headers, body, headerPrefix: 'x-webhook-' });
    expect(verified.id).toBe(headers['x-webhook-id']);
    verify({ secret, headers, body, scheme: signatures[1]! });
    expect(headers).not.toHaveProperty('webhook-id');
    expect(headers['x-webhook-event']).toBe('order.paid');
    const forged = { ...subscription, headers: { 'x-shop-signature': 'forged' } };
    await expect(shop.webhooks.subscribe(forged)).rejects.toMatchObject({
      argument: 'headers.x-shop-signature',
    });
  });

  it("runs the app's interceptors, which cannot change what is sent", async () => {
    const secret = await start();
    shop.app.get(WebhookHttpService).axiosRef.interceptors.request.use((config) => {
      config.headers.set('x-trace', 't1');
      config.headers.set('webhook-id', 'evt_forged');
      config.url = 'http://127.0.0.1:9/';
      return config;
    });
    await send();
    const { headers, body } = (await receiver.received(1))[0]!;
    expect(headers['x-trace']).toBe('t1');
    expect(verify({ secret, headers, body }).id).toMatch(/^evt_[0-9a-f]{32}$/);
  });

  it.each([
    ['timeout', 'hang'],
    ['connect', 'reset'],
  ] as const)('ends as %s when the receiver does: %s', async (outcome, behaviour) => {
    receiver.next(behaviour);
    await start({ timeout: 200 });
    const { status, attempts } = await attemptEnded(shop.webhooks, await send(), 1);
    expect(status).toBe('pending');
    expect(attempts[0]).toMatchObject({ outcome, status: null, answer: null });
    expect(attempts[0]!.error).not.toContain('127.0.0.1');
  });

  it('ends at once, without a socket, when a name turns out to lead inside', async () => {
    class Rebinding extends HostResolver {
      async resolve(): Promise<readonly ResolvedAddress[]> {
        return [{ address: '127.0.0.1', family: 4 }];
      }
    }
    const port = new URL(receiver.url).port;
    const egress = { http: true };
    await start({ egress, resolver: new Rebinding() }, `http://receiver.example.com:${port}/`);
    const delivery = await attemptEnded(shop.webhooks, await send(), 1);
    expect(delivery).toMatchObject({ status: 'exhausted', attempts: [{ outcome: 'blocked' }] });
    expect(JSON.stringify(delivery)).not.toContain('127.0.0.1');
    expect(receiver.requests).toEqual([]);
  });

  it('one hanging receiver holds up no other, and no more than its share', async () => {
    const healthy = await WebhookReceiver.start();
    receiver.otherwise('hang');
    const clock = new FakeClock();
    await start({ clock, concurrency: { total: 4, perSubscription: 2 } });
    await shop.webhooks.subscribe({ url: healthy.url, eventTypes: ['order.paid'] });
    for (let count = 0; count < 50; count++) await shop.webhooks.send('order.paid', ORDER);
    await healthy.received(50);
    expect(receiver.requests).toHaveLength(1);
    await shopIdle(clock);
    await healthy.close();
  });

  it('gives slow requests a lane of their own', async () => {
    const clock = new FakeClock();
    receiver.otherwise('hang');
    await start({ clock, concurrency: { total: 2, perSubscription: 8, slow: 8 } });
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['order.paid'] });
    for (let count = 0; count < 5; count++) await shop.webhooks.send('order.paid', ORDER);
    await receiver.received(2);
    const healthy = await WebhookReceiver.start();
    await shop.webhooks.subscribe({ url: healthy.url, eventTypes: ['shop.closed'] });
    await shop.webhooks.send('shop.closed');
    expect(healthy.requests).toEqual([]);
    await clock.advance(1_000);
    await healthy.received(1);
    expect(receiver.requests).toHaveLength(2);
    await clock.advance(14_000);
    await until(async () => {
      const { items } = await shop.webhooks.deliveries.list({ eventType: 'order.paid' });
      return items.filter(({ attemptCount }) => attemptCount > 0).length > 2;
    });
    await healthy.close();
    await shopIdle(clock);
  });

  /** Lets what hangs reach its deadline, so that the app can close without a grace time. */
  async function shopIdle(clock: FakeClock): Promise<void> {
    receiver.otherwise(204);
    await until(async () => {
      await clock.advance(15_000);
      const { items } = await shop.webhooks.deliveries.list({ status: 'pending' });
      return items.length === 0;
    });
  }

  it('the sweeper delivers what a forgetful engine does not', async () => {
    class Forgetful extends DeliveryEngine {
      async start(_runner: DueRunner | null): Promise<void> {}
      wake(): void {}
      async stop(): Promise<void> {}
    }
    receiver.next(500);
    const clock = new FakeClock();
    await start({ clock, engine: new Forgetful(), retry: fixed([1_000], 0) });
    const id = await send();
    expect(receiver.requests).toEqual([]);
    await clock.advance(5_000);
    await attemptEnded(shop.webhooks, id, 1);
    await clock.advance(5_000);
    expect(await attemptEnded(shop.webhooks, id, 2)).toMatchObject({ status: 'succeeded' });
  });

  it('one sweep forgets all that is past its retention, in batches', async () => {
    const batches: number[] = [];
    class CountingStore extends InMemoryWebhookStore {
      override async purge(age: number, limit: number): Promise<number> {
        const count = await super.purge(age, limit);
        batches.push(count);
        return count;
      }
    }
    const clock = new FakeClock();
    shop = await startShop({ clock, store: new CountingStore({ clock }), retention: 1_000 });
    for (let sent = 0; sent < 2_100; sent++) await shop.webhooks.send('order.paid', ORDER);
    await clock.advance(5_000);
    await until(() => batches.length >= 3);
    expect(batches).toEqual([1_000, 1_000, 100]);
  });

  it('an abandoned attempt ends as unknown, counts, and is followed by the next', async () => {
    const clock = new FakeClock();
    const store = new InMemoryWebhookStore({ clock });
    shop = await startShop({ clock, store, retry: fixed([1_000], 0) });
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    const before = store.accept.bind(store);
    store.accept = async (...given) => {
      const accepted = await before(...given);
      const room = new Map<string, number>();
      await store.claim({
        limit: 1,
        laterShare: 0,
        laterLimit: 0,
        lease: 60_000,
        perSubscription: 1,
        room,
      });
      return accepted;
    };
    const id = await send();
    await clock.advance(59_000);
    expect(receiver.requests).toEqual([]);
    await clock.advance(6_000);
    await clock.advance(1_000);
    expect(await attemptEnded(shop.webhooks, id, 2)).toMatchObject({
      status: 'succeeded',
      attempts: [
        { number: 1, outcome: 'unknown' },
        { number: 2, outcome: 'success' },
      ],
    });
  });

  it('keeps and repeats what the store does not record at first', async () => {
    class Unsteady extends InMemoryWebhookStore {
      failures = 2;

      override async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
        if (this.failures-- > 0) throw new Error('out of order');
        return super.settle(settlements);
      }
    }
    const clock = new FakeClock();
    const store = new Unsteady({ clock });
    await start({ clock, store });
    shop.app.useLogger(false);
    const id = await send();
    await until(() => store.failures === 1);
    await clock.advance(1_000);
    await until(() => store.failures === 0);
    await clock.advance(1_000);
    expect(await attemptEnded(shop.webhooks, id, 1)).toMatchObject({ status: 'succeeded' });
    expect(receiver.requests).toHaveLength(1);
  });

  it('a shutdown finishes what is in flight', async () => {
    const store = new InMemoryWebhookStore();
    await start({ store });
    const id = await send();
    await shop.app.close();
    expect(await store.getDelivery('default', id)).toMatchObject({
      delivery: { status: 'succeeded', attempts: 1 },
    });
    expect(receiver.requests).toHaveLength(1);
  });

  it('a shutdown ends what outlasts the grace time as unknown, to be tried again', async () => {
    receiver.next('hang');
    const store = new InMemoryWebhookStore();
    await start({ store, shutdownGrace: 100 });
    const id = await send();
    await receiver.received(1);
    await shop.app.close();
    expect(await store.getDelivery('default', id)).toMatchObject({
      delivery: { status: 'pending', attempts: 1 },
      attempts: [{ number: 1, result: { outcome: 'unknown' } }],
    });
  });
});
