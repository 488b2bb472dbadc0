import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateSubscription, Subscription, WebhookService } from 'nestjs-webhooks';
import { verify } from 'nestjs-webhooks/signing';
import { attemptEnded, FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };
const DAY = 24 * 60 * 60 * 1_000;

describe('subscriptions', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let webhooks: WebhookService;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
    shop = await startShop({ clock });
    webhooks = shop.webhooks;
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
  });

  const create = (input: Partial<CreateSubscription> = {}) =>
    webhooks.subscriptions.create({ url: receiver.url, eventTypes: ['*'], ...input });

  it('shows the secret once, and later only a hint', async () => {
    const { secret, ...created } = await create({ headers: { 'X-Api-Key': 'canary' } });
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const shown = await webhooks.subscriptions.get(created.id);
    expect(shown).toEqual(created);
    expect(shown.secrets).toEqual([
      { hint: `whsec_…${secret.slice(-5, -1)}`, createdAt: new Date(clock.now()), expiresAt: null },
    ]);
    const pages = await webhooks.subscriptions.list();
    const text = JSON.stringify([shown, pages]);
    expect(text).not.toContain(secret);
    expect(text).not.toContain('canary');
    expect(shown.headerNames).toEqual(['x-api-key']);
  });

  it.each([
    ['order.*', ['order.created', 'order.paid']],
    ['*', ['order.created', 'order.paid', 'shop.closed']],
    ['order.paid', ['order.paid']],
  ])('matches %s', async (pattern, expected) => {
    await create({ eventTypes: [pattern, pattern] });
    await webhooks.send('order.created', ORDER);
    await webhooks.send('order.paid', ORDER);
    await webhooks.send('shop.closed');
    await receiver.received(expected.length);
    const { items } = await webhooks.deliveries.list();
    expect(items.map(({ eventType }) => eventType).sort()).toEqual(expected);
  });

  it.each([
    ['order.payed', 'WEBHOOKS_UNKNOWN_EVENT_TYPE', 'order.paid'],
    ['orders.*', 'WEBHOOKS_UNKNOWN_EVENT_TYPE', 'order.*'],
    ['*.paid', 'WEBHOOKS_INVALID_EVENT_TYPE', 'order.*'],
  ])('refuses %s, naming near ones', async (pattern, code, near) => {
    await expect(create({ eventTypes: ['order.paid', pattern] })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(near),
    });
    expect((await webhooks.subscriptions.list()).items).toEqual([]);
  });

  it('pages through the list, newest first', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.unshift((await create()).id);
    const seen: Subscription[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page = await webhooks.subscriptions.list({ limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items);
      cursor = page.next;
      pages++;
    } while (cursor !== null);
    expect(seen.map(({ id }) => id)).toEqual(ids);
    expect(pages).toBe(3);
  });

  it('updates only what is given', async () => {
    const { id } = await create({ description: 'first', metadata: { plan: 'pro' } });
    await clock.advance(1_000);
    const updated = await webhooks.subscriptions.update(id, { eventTypes: ['order.paid'] });
    expect(updated).toMatchObject({
      url: receiver.url,
      description: 'first',
      metadata: { plan: 'pro' },
      eventTypes: ['order.paid'],
      updatedAt: new Date(clock.now()),
    });
    expect(await webhooks.send('order.created', ORDER)).toMatchObject({ deliveries: 0 });
    expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 1 });
  });

  it('sends custom headers, which cannot take the place of ours', async () => {
    await create({ headers: { 'X-Api-Key': 'k1', authorization: 'Bearer t' } });
    await webhooks.send('order.paid', ORDER);
    const [request] = await receiver.received(1);
    expect(request!.headers).toMatchObject({ 'x-api-key': 'k1', authorization: 'Bearer t' });
  });

  it('disable cancels what is pending and sends nothing more; enable begins anew', async () => {
    receiver.next(500);
    const { id } = await create();
    const { eventId } = await webhooks.send('order.paid', ORDER);
    const deliveryId = await deliveryOf(webhooks, eventId);
    await attemptEnded(webhooks, deliveryId, 1);
    expect(await webhooks.subscriptions.disable(id)).toMatchObject({
      state: 'disabled',
      disabledReason: 'manual',
      disabledAt: new Date(clock.now()),
    });
    expect(await webhooks.deliveries.get(deliveryId)).toMatchObject({ status: 'cancelled' });
    await clock.advance(DAY);
    expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 0 });
    const disabled = { code: 'WEBHOOKS_SUBSCRIPTION_DISABLED' };
    await expect(webhooks.deliveries.redeliver(deliveryId)).rejects.toMatchObject(disabled);
    await expect(webhooks.subscriptions.ping(id)).rejects.toMatchObject(disabled);
    expect(receiver.requests).toHaveLength(1);

    expect(await webhooks.subscriptions.enable(id)).toMatchObject({
      state: 'enabled',
      disabledReason: null,
      failingSince: null,
    });
    await webhooks.deliveries.redeliver(deliveryId);
    expect(await attemptEnded(webhooks, deliveryId, 2)).toMatchObject({ status: 'succeeded' });
  });

  it('delete cancels what is pending and keeps the log', async () => {
    receiver.next(500);
    const { id } = await create();
    const { eventId } = await webhooks.send('order.paid', ORDER);
    const deliveryId = await deliveryOf(webhooks, eventId);
    await attemptEnded(webhooks, deliveryId, 1);
    await webhooks.unsubscribe(id);
    expect(await webhooks.deliveries.get(deliveryId)).toMatchObject({
      status: 'cancelled',
      reason: 'subscription deleted',
    });
    const missing = { code: 'WEBHOOKS_SUBSCRIPTION_NOT_FOUND' };
    await expect(webhooks.subscriptions.get(id)).rejects.toMatchObject(missing);
    await expect(webhooks.unsubscribe(id)).rejects.toMatchObject(missing);
    await clock.advance(DAY);
    expect(receiver.requests).toHaveLength(1);
  });

  it('signs with the old and the new secret for the overlap', async () => {
    const { id, secret: old } = await create();
    const { secret, secrets } = await webhooks.subscriptions.rotateSecret(id, { overlap: DAY });
    expect(secret).not.toBe(old);
    expect(secrets.map(({ expiresAt }) => expiresAt)).toEqual([null, new Date(clock.now() + DAY)]);
    const valid = async (): Promise<boolean[]> => {
      const count = receiver.requests.length;
      await webhooks.send('order.paid', ORDER);
      const { headers, body } = (await receiver.received(count + 1))[count]!;
      return [secret, old].map((key) => {
        try {
          verify({ secret: key, headers, body, now: clock.now() });
          return true;
        } catch {
          return false;
        }
      });
    };
    expect(await valid()).toEqual([true, true]);
    await clock.advance(DAY - 1);
    expect(await valid()).toEqual([true, true]);
    await clock.advance(1);
    expect(await valid()).toEqual([true, false]);
    expect((await webhooks.subscriptions.get(id)).secrets).toHaveLength(1);
  });

  it('ends all old secrets at once without an overlap, and refuses an eleventh', async () => {
    const { id } = await create();
    for (let count = 1; count < 10; count++) await webhooks.subscriptions.rotateSecret(id);
    await expect(webhooks.subscriptions.rotateSecret(id)).rejects.toMatchObject({
      code: 'WEBHOOKS_INVALID_ARGUMENT',
    });
    const { secrets } = await webhooks.subscriptions.rotateSecret(id, { overlap: 0 });
    expect(secrets).toHaveLength(1);
  });

  it('pings whatever it subscribes to, once', async () => {
    receiver.next(500);
    const { id } = await create({ eventTypes: ['user.deleted'] });
    const { eventId, deliveryId } = await webhooks.subscriptions.ping(id);
    const [request] = await receiver.received(1);
    expect(request!.headers).toMatchObject({
      'webhook-id': eventId,
      'webhook-event': 'webhook.ping',
    });
    expect(await attemptEnded(webhooks, deliveryId, 1)).toMatchObject({ status: 'exhausted' });
  });

  it('finds deliveries by each criterion', async () => {
    receiver.next(500).otherwise(204);
    const { id } = await create();
    const paid = await webhooks.send('order.paid', ORDER);
    await attemptEnded(webhooks, await deliveryOf(webhooks, paid.eventId), 1);
    await clock.advance(1_000);
    const closed = await webhooks.send('shop.closed');
    await attemptEnded(webhooks, await deliveryOf(webhooks, closed.eventId), 1);
    const types = async (options: Parameters<typeof webhooks.deliveries.list>[0]) =>
      (await webhooks.deliveries.list(options)).items.map(({ eventType }) => eventType);
    expect(await types({})).toEqual(['shop.closed', 'order.paid']);
    expect(await types({ subscriptionId: id })).toHaveLength(2);
    expect(await types({ subscriptionId: `sub_${'0'.repeat(32)}` })).toEqual([]);
    expect(await types({ eventId: paid.eventId })).toEqual(['order.paid']);
    expect(await types({ eventType: 'shop.closed' })).toEqual(['shop.closed']);
    expect(await types({ status: 'pending' })).toEqual(['order.paid']);
    expect(await types({ status: 'succeeded' })).toEqual(['shop.closed']);
    const border = new Date(clock.now());
    expect(await types({ since: border })).toEqual(['shop.closed']);
    expect(await types({ until: border })).toEqual(['order.paid']);
    const first = await webhooks.deliveries.list({ limit: 1 });
    expect(await types({ limit: 1, cursor: first.next! })).toEqual(['order.paid']);
  });
});
