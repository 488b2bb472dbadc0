import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type {
  CreateSubscription,
  DeliveryWithAttempts,
  SubscriptionAuth,
  UpdateSubscription,
  WebhookService,
} from 'nestjs-webhooks';
import { attemptEnded, WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

describe('authorisation of requests', () => {
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let webhooks: WebhookService;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    shop = await startShop();
    webhooks = shop.webhooks;
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
  });

  const create = (input: Partial<CreateSubscription> = {}) =>
    webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], ...input });

  /** Sends an event and waits for its first attempt. */
  const send = async (): Promise<DeliveryWithAttempts> => {
    const { eventId } = await webhooks.send('order.paid', ORDER);
    return attemptEnded(webhooks, await deliveryOf(webhooks, eventId), 1);
  };

  const authorizations = () => receiver.requests.map(({ headers }) => headers['authorization']);

  it.each<[SubscriptionAuth, string]>([
    [{ type: 'bearer', token: 'canary.1~+/=' }, 'Bearer canary.1~+/='],
    [{ type: 'basic', username: 'Ä b', password: 'canary:2' }, 'Basic w4QgYjpjYW5hcnk6Mg=='],
  ])('sets the header and never shows more than the type: %j', async (auth, header) => {
    const { id } = await create({ auth });
    await send();
    expect(authorizations()).toEqual([header]);
    const shown = [
      await webhooks.subscriptions.get(id),
      await webhooks.subscriptions.list(),
      await webhooks.subscriptions.update(id, { description: 'new' }),
      await webhooks.subscriptions.rotateSecret(id),
    ];
    expect(shown[0]).toMatchObject({ auth: auth.type });
    expect(inspect(shown, { depth: null })).not.toContain('canary');
  });

  it('is taken back by null, and kept by other changes', async () => {
    const { id } = await create({ auth: { type: 'bearer', token: 't' } });
    await webhooks.subscriptions.update(id, { description: 'new' });
    await send();
    expect(await webhooks.subscriptions.update(id, { auth: null })).toMatchObject({ auth: null });
    await send();
    expect(authorizations()).toEqual(['Bearer t', undefined]);
  });

  it.each([
    [{ type: 'digest' }, 'auth'],
    ['bearer canary', 'auth'],
    [{ type: 'bearer' }, 'auth.token'],
    [{ type: 'bearer', token: 'Bearer canary' }, 'auth.token'],
    [{ type: 'bearer', token: 'canary\r\nx: y' }, 'auth.token'],
    [{ type: 'basic', username: 'canary:', password: 'p' }, 'auth.username'],
    [{ type: 'basic', username: 'u', password: '' }, 'auth.password'],
    [{ type: 'oauth2', tokenUrl: 'https://a.example', clientId: 'c' }, 'auth.clientSecret'],
    [{ type: 'oauth2', clientId: 'c', clientSecret: 's', scope: 'a  b' }, 'auth.scope'],
  ])('refuses %j, naming the field', async (auth, argument) => {
    const wrong = { tokenUrl: 'https://a.example', ...Object(auth) } as SubscriptionAuth;
    const given = typeof auth === 'string' ? (auth as never) : wrong;
    const { id } = await create();
    for (const call of [
      create({ auth: given }),
      webhooks.subscriptions.update(id, { auth: given }),
    ]) {
      const error: unknown = await call.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'WEBHOOKS_INVALID_ARGUMENT', argument });
      expect(inspect(error)).not.toContain('canary');
    }
  });

  it.each(['https://10.0.0.1/token', 'ftp://a.example', 'https://u:canary@a.example'])(
    'judges the token URL by the egress policy: %s',
    async (tokenUrl) => {
      const auth = { type: 'oauth2', tokenUrl, clientId: 'c', clientSecret: 's' } as const;
      const error: unknown = await create({ auth }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'WEBHOOKS_BLOCKED_URL',
        message: expect.stringContaining('token URL') as unknown,
      });
      expect(inspect(error)).not.toContain('canary');
    },
  );

  it('cannot be given together with a header of its name, whichever comes first', async () => {
    const auth = { type: 'bearer', token: 't' } as const;
    const headers = { Authorization: 'Bearer other' };
    const refusal = { code: 'WEBHOOKS_INVALID_ARGUMENT', argument: 'auth' };
    await expect(create({ auth, headers })).rejects.toMatchObject(refusal);
    const pairs: [Partial<CreateSubscription>, UpdateSubscription][] = [
      [{ auth }, { headers }],
      [{ headers }, { auth }],
    ];
    for (const [before, after] of pairs) {
      const { id } = await create(before);
      const shown = await webhooks.subscriptions.get(id);
      await expect(webhooks.subscriptions.update(id, after)).rejects.toMatchObject(refusal);
      expect(await webhooks.subscriptions.get(id)).toEqual(shown);
    }
    const { id } = await create({ headers });
    const changed = await webhooks.subscriptions.update(id, { headers: {}, auth });
    expect(changed).toMatchObject({ auth: 'bearer', headerNames: [] });
  });
});
