import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type WebhookService, WebhooksError } from 'nestjs-webhooks';
import { attemptEnded, WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };
const THEIRS = { tenant: 'theirs' };
const OURS = { tenant: 'ours' };
const SINCE = new Date(0);

type Kind = 'subscription' | 'delivery' | 'event';
type Call = (webhooks: WebhookService, id: string) => Promise<unknown>;

const NOT_FOUND: Readonly<Record<Kind, string>> = {
  subscription: 'WEBHOOKS_SUBSCRIPTION_NOT_FOUND',
  delivery: 'WEBHOOKS_DELIVERY_NOT_FOUND',
  event: 'WEBHOOKS_EVENT_NOT_FOUND',
};

/** Every public call that takes an id, made by our tenant. */
const CALLS: Readonly<Record<string, readonly [Kind, Call]>> = {
  'subscriptions.get': ['subscription', (w, id) => w.subscriptions.get(id, OURS)],
  'subscriptions.update': [
    'subscription',
    (w, id) => w.subscriptions.update(id, { description: 'ours' }, OURS),
  ],
  'subscriptions.delete': ['subscription', (w, id) => w.subscriptions.delete(id, OURS)],
  unsubscribe: ['subscription', (w, id) => w.unsubscribe(id, OURS)],
  'subscriptions.enable': ['subscription', (w, id) => w.subscriptions.enable(id, OURS)],
  'subscriptions.disable': ['subscription', (w, id) => w.subscriptions.disable(id, OURS)],
  'subscriptions.rotateSecret': ['subscription', (w, id) => w.subscriptions.rotateSecret(id, OURS)],
  'subscriptions.rotateSecret with options': [
    'subscription',
    (w, id) => w.subscriptions.rotateSecret(id, { ...OURS, overlap: 0 }),
  ],
  'subscriptions.verify': ['subscription', (w, id) => w.subscriptions.verify(id, OURS)],
  'subscriptions.ping': ['subscription', (w, id) => w.subscriptions.ping(id, OURS)],
  'subscriptions.ping with an event type': [
    'subscription',
    (w, id) => w.subscriptions.ping(id, { ...OURS, eventType: 'shop.closed' }),
  ],
  'deliveries.recover': [
    'subscription',
    (w, subscriptionId) => w.deliveries.recover({ ...OURS, subscriptionId, since: SINCE }),
  ],
  'deliveries.replay': [
    'subscription',
    (w, subscriptionId) => w.deliveries.replay({ ...OURS, subscriptionId, since: SINCE }),
  ],
  'deliveries.replay of an event type': [
    'subscription',
    (w, subscriptionId) =>
      w.deliveries.replay({ ...OURS, subscriptionId, since: SINCE, eventType: 'order.*' }),
  ],
  'deliveries.get': ['delivery', (w, id) => w.deliveries.get(id, OURS)],
  'deliveries.redeliver': ['delivery', (w, id) => w.deliveries.redeliver(id, OURS)],
  'deliveries.expunge': ['event', (w, id) => w.deliveries.expunge(id, OURS)],
};

/** All that a caller sees of an error. */
const looks = (error: WebhooksError) => ({
  name: error.name,
  code: error.code,
  message: error.message,
  json: JSON.stringify(error),
  fields: Object.entries(error),
  cause: error.cause,
});

describe('an id of another tenant', () => {
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let webhooks: WebhookService;
  let ids: Record<Kind, string>;
  let untouched: unknown;

  /** All that belongs to the other tenant. */
  const snapshot = async () => ({
    subscriptions: await webhooks.subscriptions.list(THEIRS),
    delivery: await webhooks.deliveries.get(ids.delivery, THEIRS),
    requests: receiver.requests.length,
  });

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    shop = await startShop();
    webhooks = shop.webhooks;
    const input = { url: receiver.url, eventTypes: ['*'] };
    const { id: subscription } = await webhooks.subscribe(input, THEIRS);
    const { eventId: event } = await webhooks.send('order.paid', ORDER, THEIRS);
    const [delivery] = (await webhooks.deliveries.list({ ...THEIRS, eventId: event })).items;
    await attemptEnded(webhooks, delivery!.id, 1, THEIRS);
    ids = { subscription, delivery: delivery!.id, event };
    untouched = await snapshot();
  });

  afterAll(async () => {
    await shop.app.close();
    await receiver.close();
  });

  const errorOf = async (call: Call, id: string): Promise<WebhooksError> => {
    const error: unknown = await call(webhooks, id).catch((thrown: unknown) => thrown);
    if (error instanceof WebhooksError) return error;
    throw new Error(`it was not refused: ${inspect(error)}`);
  };

  it.each(Object.entries(CALLS))(
    'is to %s what an unknown, malformed or missing one is',
    async (_, [kind, call]) => {
      const theirs = await errorOf(call, ids[kind]);
      expect(theirs.code).toBe(NOT_FOUND[kind]);
      const prefix = ids[kind].slice(0, 4);
      const none = [`${prefix}${'0'.repeat(32)}`, `${prefix}${'0'.repeat(31)}'`, 'x', undefined];
      for (const id of none) {
        expect(looks(await errorOf(call, id as string))).toEqual(looks(theirs));
      }
      expect(inspect(looks(theirs))).not.toContain(ids[kind]);
      expect(await snapshot()).toEqual(untouched);
    },
  );

  it('finds nothing in lists, and gets no event', async () => {
    expect((await webhooks.subscriptions.list(OURS)).items).toEqual([]);
    for (const criterion of [{}, { subscriptionId: ids.subscription }, { eventId: ids.event }]) {
      expect((await webhooks.deliveries.list({ ...OURS, ...criterion })).items).toEqual([]);
    }
    expect(await webhooks.send('order.paid', ORDER, OURS)).toMatchObject({ deliveries: 0 });
    expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 0 });
    expect(await snapshot()).toEqual(untouched);
  });

  it('gives no page of a list with its cursor', async () => {
    const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] }, THEIRS);
    const { next } = await webhooks.subscriptions.list({ ...THEIRS, limit: 1 });
    const page = await webhooks.subscriptions.list({ ...OURS, cursor: next! });
    expect(page).toEqual({ items: [], next: null });
    await webhooks.unsubscribe(id, THEIRS);
  });

  it('shares no idempotency key', async () => {
    const first = await webhooks.send('order.paid', ORDER, { ...OURS, idempotencyKey: 'k' });
    const theirs = await webhooks.send('order.created', ORDER, { ...THEIRS, idempotencyKey: 'k' });
    expect(theirs.eventId).not.toBe(first.eventId);
    expect(theirs.deliveries).toBe(1);
    const again = await webhooks.deliveries.list({ ...THEIRS, eventId: theirs.eventId });
    await attemptEnded(webhooks, again.items[0]!.id, 1, THEIRS);
    await expect(deliveryOf(webhooks, theirs.eventId)).rejects.toThrow('found 0');
  });
});
