import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BackfillResult, fixed, WebhookService } from 'nestjs-webhooks';
import { attemptEnded, FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop, until } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 3_600_000;

describe('sending again', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let webhooks: WebhookService;
  let subscriptionId: string;
  let start: Date;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
    const retry = fixed([], 0);
    shop = await startShop({ clock, retry, sweepInterval: HOUR, breaker: { failures: 10_000 } });
    webhooks = shop.webhooks;
    ({ id: subscriptionId } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] }));
    start = new Date(clock.now());
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
  });

  async function send(count: number): Promise<void> {
    for (let sent = 0; sent < count; sent++) await webhooks.send('order.paid', ORDER);
    await idle();
  }

  const idle = () =>
    until(async () => (await webhooks.deliveries.list({ status: 'pending' })).items.length === 0);

  it('recovers what ended without success, and only that, with progress', async () => {
    receiver.otherwise(500);
    await send(1_200);
    receiver.otherwise(204);
    await send(5);
    const steps: BackfillResult[] = [];
    const onProgress = (step: BackfillResult) => void steps.push(step);
    const result = await webhooks.deliveries.recover({ subscriptionId, since: start, onProgress });
    expect(result).toEqual({ deliveries: 1_200, next: null });
    expect(steps.map(({ deliveries }) => deliveries)).toEqual([500, 1_000, 1_200]);
    await idle();
    expect(receiver.requests).toHaveLength(1_205 + 1_200);
    expect((await webhooks.deliveries.list({ status: 'exhausted' })).items).toEqual([]);
  });

  it('can be ended between steps, and resumed', async () => {
    receiver.otherwise(500);
    await send(1_200);
    receiver.otherwise(204);
    const abort = new AbortController();
    const options = { subscriptionId, since: start };
    const first = await webhooks.deliveries.recover({
      ...options,
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    expect(first).toEqual({ deliveries: 500, next: expect.any(String) });
    const second = await webhooks.deliveries.recover({ ...options, cursor: first.next! });
    expect(second).toEqual({ deliveries: 700, next: null });
    await idle();
    expect((await webhooks.deliveries.list({ status: 'exhausted' })).items).toEqual([]);
  });

  it('lets other work go on between steps', async () => {
    receiver.otherwise(500);
    await send(1_200);
    receiver.otherwise(204);
    const others: boolean[] = [];
    let other = false;
    setImmediate(() => (other = true));
    const onProgress = () => void others.push(other);
    await webhooks.deliveries.recover({ subscriptionId, since: start, onProgress });
    expect(others).toEqual([false, true, true]);
    await idle();
  });

  it('recovers within a stretch of time', async () => {
    receiver.otherwise(500);
    await send(1);
    await clock.advance(1_000);
    const since = new Date(clock.now());
    await send(2);
    await clock.advance(1_000);
    const end = new Date(clock.now());
    await send(4);
    receiver.otherwise(204);
    expect(await webhooks.deliveries.recover({ subscriptionId, since, until: end })).toMatchObject({
      deliveries: 2,
    });
    await idle();
  });

  it('replays what a subscription had, and what never went to it', async () => {
    await send(3);
    await webhooks.send('shop.closed');
    await idle();
    const late = await WebhookReceiver.start();
    const created = await webhooks.subscribe({ url: late.url, eventTypes: ['order.*'] });
    const options = { subscriptionId: created.id, since: start };
    expect(await webhooks.deliveries.replay(options)).toMatchObject({ deliveries: 3 });
    await late.received(3);
    await idle();
    expect(await webhooks.deliveries.replay(options)).toMatchObject({ deliveries: 3 });
    await late.received(6);
    await idle();
    const ids = new Set(late.requests.map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(3);
    const all = { subscriptionId, since: start, eventType: 'shop.closed' };
    expect(await webhooks.deliveries.replay(all)).toMatchObject({ deliveries: 1 });
    await idle();
    await late.close();
  });

  it('replays to a new subscription only what its filter admits', async () => {
    await webhooks.send('order.paid', { id: 'small', total: 1 });
    await webhooks.send('order.paid', { id: 'large', total: 100 });
    const { id } = await webhooks.subscribe({
      url: receiver.url,
      eventTypes: ['*'],
      filter: { field: 'total', op: 'gte', value: 50 },
    });
    await idle();
    const options = { subscriptionId: id, since: start };
    expect(await webhooks.deliveries.replay(options)).toMatchObject({ deliveries: 1 });
    await idle();
  });

  it.each(['recover', 'replay'] as const)('%s refuses what it cannot use', async (call) => {
    const { deliveries } = webhooks;
    const run = (changes: object) => deliveries[call]({ subscriptionId, since: start, ...changes });
    await expect(run({ subscriptionId: 'sub_x' })).rejects.toMatchObject({
      code: 'WEBHOOKS_SUBSCRIPTION_NOT_FOUND',
    });
    await expect(run({ tenant: 'other' })).rejects.toMatchObject({
      code: 'WEBHOOKS_SUBSCRIPTION_NOT_FOUND',
    });
    for (const changes of [{ since: 'yesterday' }, { until: new Date(NaN) }, { cursor: 'x' }]) {
      await expect(run(changes)).rejects.toMatchObject({ code: 'WEBHOOKS_INVALID_ARGUMENT' });
    }
    await webhooks.subscriptions.disable(subscriptionId);
    await expect(run({})).rejects.toMatchObject({ code: 'WEBHOOKS_SUBSCRIPTION_DISABLED' });
  });

  it('lets live traffic pass a long replay', async () => {
    receiver.otherwise(500);
    await send(2_000);
    receiver.otherwise(204);
    const before = receiver.requests.length;
    await webhooks.deliveries.recover({ subscriptionId, since: start });
    const { eventId } = await webhooks.send('order.created', ORDER);
    await until(() => receiver.requests.some(({ headers }) => headers['webhook-id'] === eventId));
    expect(receiver.requests.length - before).toBeLessThan(1_000);
    await idle();
  });

  it('expunges a payload for good and keeps the record', async () => {
    receiver.otherwise({ status: 500, body: 'You sent o_1' });
    const { eventId } = await webhooks.send('order.paid', ORDER);
    const id = await deliveryOf(webhooks, eventId);
    await attemptEnded(webhooks, id, 1);
    await webhooks.deliveries.expunge(eventId);
    const { attempts, status } = await webhooks.deliveries.get(id);
    expect(status).toBe('exhausted');
    expect(attempts).toMatchObject([{ outcome: 'http', status: 500, answer: null }]);
    await expect(webhooks.deliveries.redeliver(id)).rejects.toMatchObject({
      code: 'WEBHOOKS_EVENT_EXPUNGED',
    });
    const again = { subscriptionId, since: start };
    expect(await webhooks.deliveries.replay(again)).toMatchObject({ deliveries: 0 });
    for (const tenant of ['default', 'other']) {
      const unknown = tenant === 'other' ? eventId : `evt_${'0'.repeat(32)}`;
      await expect(webhooks.deliveries.expunge(unknown, { tenant })).rejects.toMatchObject({
        code: 'WEBHOOKS_EVENT_NOT_FOUND',
      });
    }
  });
});
