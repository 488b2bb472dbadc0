import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhooksModule, WebhookService } from 'nestjs-webhooks';
import type { CreateSubscription, DeliveryWithAttempts, EgressOptions } from 'nestjs-webhooks';
import { attemptEnded, WebhookReceiver } from 'nestjs-webhooks/testing';
import { tunnel } from '../unit/egress/support/connect.proxy.js';
import { answer, Receiver, Script } from '../unit/egress/support/receiver.js';
import { ShopModule } from './fixtures/shop.js';
import { Listening } from './support/canary.js';
import { deliveryOf, LOOPBACK, startShop } from './support/shop.app.js';

const PASSWORD = 'kanarienvogel';
const CREDENTIALS = Buffer.from(`shop:${PASSWORD}`).toString('base64');

/** With a name that only the proxy can resolve. */
const url = (server: WebhookReceiver) => `http://hooks.example.com:${new URL(server.url).port}/`;

describe('a proxy for all requests', () => {
  let heard: Listening;
  let receiver: WebhookReceiver;
  let proxy: Receiver;
  let app: INestApplication;
  let webhooks: WebhookService;

  beforeEach(async () => {
    heard = new Listening();
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await app.close();
    await Promise.all([receiver.close(), proxy.stop()]);
  });

  const start = async (script: Script): Promise<void> => {
    proxy = await Receiver.start(script);
    const egress: EgressOptions = {
      ...LOOPBACK,
      proxy: `http://shop:${PASSWORD}@127.0.0.1:${proxy.port}`,
    };
    const module = await Test.createTestingModule({
      imports: [ShopModule, WebhooksModule.forRoot({ egress, attemptLog: 'all' })],
    })
      .setLogger(heard)
      .compile();
    app = module.createNestApplication();
    await app.init();
    webhooks = app.get(WebhookService);
  };

  const send = async (input: Partial<CreateSubscription> = {}): Promise<DeliveryWithAttempts> => {
    await webhooks.subscribe({ url: url(receiver), eventTypes: ['*'], ...input });
    const { eventId } = await webhooks.send('order.paid', { id: 'o_1', total: 42 });
    const delivery = await attemptEnded(webhooks, await deliveryOf(webhooks, eventId), 1);
    heard.add(delivery, await webhooks.subscriptions.list());
    expect(heard.holding(['order.paid'])).not.toEqual([]);
    expect(heard.holding([PASSWORD, CREDENTIALS])).toEqual([]);
    return delivery;
  };

  it('takes deliveries and the tokens they need, with the credentials it wants', async () => {
    await start(tunnel);
    const tokens = await WebhookReceiver.start();
    tokens.next({ status: 200, body: '{"access_token":"t","token_type":"bearer"}' });
    const auth = {
      type: 'oauth2',
      tokenUrl: url(tokens),
      clientId: 'c',
      clientSecret: 's',
    } as const;
    expect(await send({ auth })).toMatchObject({ status: 'succeeded' });
    expect(receiver.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      host: new URL(url(receiver)).host,
    });
    const asked = proxy.requests.map(({ method, target, headers }) => [
      method,
      target,
      headers['proxy-authorization'],
    ]);
    expect(asked).toEqual(
      [tokens, receiver].map((server) => [
        'CONNECT',
        new URL(url(server)).host,
        `Basic ${CREDENTIALS}`,
      ]),
    );
    await tokens.close();
  });

  it.each([403, 407, 502])(
    'fails an attempt, to be tried again, by answering %i',
    async (status) => {
      await start(answer(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
      const { status: state, attempts } = await send();
      expect(state).toBe('pending');
      const error = `The proxy opened no connection (it answered ${status}).`;
      expect(attempts).toMatchObject([{ outcome: 'connect', status: null, error }]);
      expect(receiver.requests).toEqual([]);
    },
  );
});

describe('the option egress.proxy', () => {
  it('stops the app at start when it cannot be used, without being repeated', async () => {
    for (const proxy of [`socks5://u:${PASSWORD}@proxy`, `http://u:${PASSWORD}@10.0.0.1`]) {
      const error: unknown = await startShop({ egress: { proxy } }).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'WEBHOOKS_INVALID_EGRESS_OPTION', option: 'proxy' });
      const listening = new Listening();
      listening.add(error);
      expect(listening.holding([PASSWORD])).toEqual([]);
    }
  });
});
