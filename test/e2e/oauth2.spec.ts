import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  CreateSubscription,
  DeliveryWithAttempts,
  OAuth2Auth,
  WebhookService,
} from 'nestjs-webhooks';
import {
  attemptEnded,
  FakeClock,
  ReceiverBehaviour,
  WebhookReceiver,
} from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 60 * 60 * 1_000;

/** How a token server answers. */
const grant = (token: string, more: object = {}) => ({
  status: 200,
  body: JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600, ...more }),
});

describe('authorisation by OAuth 2.0 client credentials', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let tokens: WebhookReceiver;
  let shop: ShopApp;
  let webhooks: WebhookService;
  let oauth2: OAuth2Auth;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
    tokens = await WebhookReceiver.start();
    shop = await startShop({ clock });
    webhooks = shop.webhooks;
    oauth2 = {
      type: 'oauth2',
      tokenUrl: `${tokens.url}token`,
      clientId: 'shop é:1',
      clientSecret: 'canary+/%',
      scope: 'hooks:write orders',
    };
  });

  afterEach(async () => {
    await shop.app.close();
    await Promise.all([receiver.close(), tokens.close()]);
  });

  const create = (input: Partial<CreateSubscription> = {}) =>
    webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], ...input });

  /** Sends an event and waits for its first attempt. */
  const send = async (): Promise<DeliveryWithAttempts> => {
    const { eventId } = await webhooks.send('order.paid', ORDER);
    return attemptEnded(webhooks, await deliveryOf(webhooks, eventId), 1);
  };

  const authorizations = () => receiver.requests.map(({ headers }) => headers['authorization']);

  it('fetches a token, once for many requests, and again shortly before it expires', async () => {
    tokens.next(grant('one'), grant('two'));
    await create({ auth: oauth2 });
    await Promise.all([send(), send(), send()]);
    await send();
    expect(authorizations()).toEqual(Array.from({ length: 4 }, () => 'Bearer one'));
    expect(tokens.requests).toHaveLength(1);
    const [{ method, path, headers, body }] = tokens.requests as [(typeof tokens.requests)[0]];
    expect([method, path, body.toString()]).toEqual([
      'POST',
      '/token',
      'grant_type=client_credentials&scope=hooks%3Awrite+orders',
    ]);
    const basic = Buffer.from('shop+%C3%A9%3A1:canary%2B%2F%25').toString('base64');
    expect(headers).toMatchObject({
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('webhook'))).toEqual([]);

    await clock.advance(HOUR - 30_001);
    await send();
    expect(tokens.requests).toHaveLength(1);
    await clock.advance(1);
    await send();
    expect(tokens.requests).toHaveLength(2);
    expect(authorizations().at(-1)).toBe('Bearer two');
  });

  it('keeps a token of unknown life for five minutes, and a short one for half of its life', async () => {
    tokens.next(
      grant('one', { expires_in: undefined }),
      grant('two', { expires_in: '10' }),
      grant('three'),
    );
    await create({ auth: oauth2 });
    await send();
    await clock.advance(270_000 - 1);
    await send();
    await clock.advance(1);
    await send();
    await clock.advance(4_999);
    await send();
    await clock.advance(1);
    await send();
    const expected = ['one', 'one', 'two', 'two', 'three'].map((token) => `Bearer ${token}`);
    expect(authorizations()).toEqual(expected);
  });

  it('shares no token between subscriptions, nor with other credentials of the same', async () => {
    tokens.next(grant('one'), grant('two'), grant('three'));
    const { id } = await create({ auth: oauth2, eventTypes: ['order.*'] });
    await send();
    await webhooks.subscriptions.update(id, { auth: { ...oauth2, clientId: 'b' } });
    await send();
    await create({ auth: oauth2, eventTypes: ['shop.closed'] });
    const { eventId } = await webhooks.send('shop.closed');
    await attemptEnded(webhooks, await deliveryOf(webhooks, eventId), 1);
    expect(authorizations()).toEqual(['Bearer one', 'Bearer two', 'Bearer three']);
  });

  it('replaces a token that the receiver refuses, within the same attempt', async () => {
    tokens.next(grant('one'), grant('two'));
    await create({ auth: oauth2 });
    await send();
    receiver.next(401);
    const { status, attempts } = await send();
    expect(status).toBe('succeeded');
    expect(attempts).toHaveLength(1);
    expect(authorizations()).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
    const [, refused, again] = receiver.requests;
    expect(again!.headers['webhook-id']).toBe(refused!.headers['webhook-id']);
    expect(again!.body).toEqual(refused!.body);
  });

  it('lets the refusal of a new token stand, and of the one that replaced it', async () => {
    tokens.otherwise(grant('one'));
    await create({ auth: oauth2, retry: { delays: [], jitter: 0 } });
    receiver.next(401);
    expect((await send()).attempts).toMatchObject([{ outcome: 'http', status: 401 }]);
    expect(receiver.requests).toHaveLength(1);
    receiver.next(401, 401);
    expect((await send()).attempts).toMatchObject([{ outcome: 'http', status: 401 }]);
    expect(receiver.requests).toHaveLength(3);
    expect(tokens.requests).toHaveLength(2);
  });

  it('keeps the refusal when there is no other token, and asks for one at the next try', async () => {
    tokens.next(grant('one'), 503, grant('two'));
    await create({ auth: oauth2 });
    await send();
    receiver.next(401);
    const { id, attempts } = await send();
    expect(attempts).toMatchObject([{ outcome: 'http', status: 401 }]);
    await clock.advance(10_000);
    expect(await attemptEnded(webhooks, id, 2)).toMatchObject({ status: 'succeeded' });
    expect(authorizations()).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  it.each<[string, ReceiverBehaviour, string, RegExp]>([
    [
      'an error',
      { status: 400, body: '{"error":"invalid_client","x":"canary"}' },
      'http',
      /400 \(invalid_client\)/,
    ],
    ['an unknown error', { status: 410, body: '{"error":"canary"}' }, 'http', /answered 410$/],
    ['no JSON', { status: 200, body: 'canary' }, 'http', /no bearer token/],
    [
      'another kind',
      { status: 200, body: '{"access_token":"canary","token_type":"mac"}' },
      'http',
      /no bearer token/,
    ],
    [
      'a token no header can hold',
      { status: 200, body: '{"access_token":"canary\\r\\nx: y"}' },
      'http',
      /no bearer token/,
    ],
    [
      'too much',
      { status: 200, body: `{"x":"${'canary'.repeat(5_000)}","access_token":"t"}` },
      'http',
      /no bearer token/,
    ],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, 'http', /307/],
    ['a reset', 'reset', 'connect', /No access token/],
  ])(
    'fails the attempt, unsent, when the token server answers with %s',
    async (_, behaviour, outcome, error) => {
      tokens.next(behaviour, grant('one'));
      const { id: subscription } = await create({ auth: oauth2 });
      const delivery = await send();
      expect(delivery.attempts).toMatchObject([
        { outcome, status: null, answer: null, error: expect.stringMatching(error) as unknown },
      ]);
      expect(inspect(delivery, { depth: null })).not.toContain('canary');
      expect(receiver.requests).toEqual([]);
      expect(await webhooks.subscriptions.get(subscription)).toMatchObject({ state: 'enabled' });
      await clock.advance(10_000);
      expect(await attemptEnded(webhooks, delivery.id, 2)).toMatchObject({ status: 'succeeded' });
    },
  );

  it('obeys the token server when it asks to be left alone', async () => {
    tokens.next({ status: 429, headers: { 'retry-after': '3600' } }, grant('one'));
    await create({ auth: oauth2 });
    const { id } = await send();
    await clock.advance(HOUR - 1);
    expect(tokens.requests).toHaveLength(1);
    await clock.advance(1);
    expect(await attemptEnded(webhooks, id, 2)).toMatchObject({ status: 'succeeded' });
  });

  it('counts the wait for a token in the time limit of the attempt', async () => {
    tokens.next('hang');
    await create({ auth: oauth2 });
    const { eventId } = await webhooks.send('order.paid', ORDER);
    const id = await deliveryOf(webhooks, eventId);
    await tokens.received(1);
    await clock.advance(15_000);
    const { attempts } = await attemptEnded(webhooks, id, 1);
    expect(attempts).toMatchObject([{ outcome: 'timeout', duration: 15_000 }]);
    expect(receiver.requests).toEqual([]);
  });
});
