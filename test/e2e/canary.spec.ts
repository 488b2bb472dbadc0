import type { INestApplication } from '@nestjs/common';
import { Injectable, Module } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import {
  CreateSubscription,
  HostResolver,
  InMemoryWebhookStore,
  OnWebhookNotification,
  WebhookFilter,
  WebhookHttpService,
  WebhooksError,
  WebhooksModule,
  WebhookService,
} from 'nestjs-webhooks';
import { attemptEnded, ReceiverBehaviour, WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopModule } from './fixtures/shop.js';
import {
  BASIC,
  BEARER,
  CANARY,
  CERTIFICATE,
  challengeTokens,
  FORMS,
  HEADERS,
  Listening,
  PAYLOAD,
  SECRET,
} from './support/canary.js';
import { deliveryOf, LOOPBACK, startShop, until } from './support/shop.app.js';

const heard = new Listening();

@Injectable()
class Ear {
  @OnWebhookNotification('attempt.failed')
  onFailure(notification: object): void {
    heard.add(notification);
    throw new Error('the listener failed');
  }

  @OnWebhookNotification('subscription.disabled')
  onDisabled(notification: object): void {
    heard.add(notification);
  }

  @WebhookFilter('order.created')
  filter(): boolean {
    throw new Error('the filter failed');
  }
}

@Module({ imports: [ShopModule], providers: [Ear] })
class ListeningModule {}

class FailingStore extends InMemoryWebhookStore {
  failures = 0;

  override async claim(...request: Parameters<InMemoryWebhookStore['claim']>) {
    if (this.failures === 0) return super.claim(...request);
    this.failures--;
    throw new Error('the store failed');
  }
}

class TwoNames extends HostResolver {
  async resolve(hostname: string) {
    if (hostname !== 'inside.example') throw new Error(`no ${hostname}`);
    return [{ address: '10.0.0.1', family: 4 } as const];
  }
}

function throwAll(config: InternalAxiosRequestConfig): never {
  throw new AxiosError('the interceptor failed', 'EFAIL', config, config);
}

describe('secrets, header values, tokens, payloads and signatures', () => {
  const store = new FailingStore();
  let receiver: WebhookReceiver;
  let operator: WebhookReceiver;
  let app: INestApplication;
  let webhooks: WebhookService;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    operator = await WebhookReceiver.start();
    const options = {
      store,
      resolver: new TwoNames(),
      egress: LOOPBACK,
      timeout: 500,
      bodyLimit: 1_000,
      sweepInterval: 10,
      attemptLog: 'all',
      operator: { tenant: 'operator', notifications: ['attempt.failed', 'subscription.disabled'] },
    } as const;
    const module = await Test.createTestingModule({
      imports: [ListeningModule, WebhooksModule.forRoot(options)],
    })
      .setLogger(heard)
      .compile();
    app = module.createNestApplication();
    await app.init();
    webhooks = app.get(WebhookService);
    const eventTypes = ['webhook.*'];
    const tenant = 'operator';
    await webhooks.subscribe({ url: operator.url, eventTypes }, { tenant });
  });

  const tokens = () => challengeTokens(receiver);

  const expectSilence = (): void => {
    const signatures = receiver.requests.map(({ headers }) => headers['webhook-signature']!);
    const words = [...FORMS, ...tokens(), ...signatures.map((text) => text.slice(3))];
    expect(heard.holding(words)).toEqual([]);
  };

  afterEach(expectSilence);

  afterAll(async () => {
    await app.close();
    await Promise.all([receiver.close(), operator.close()]);
  });

  const create = (input: Partial<CreateSubscription> = {}) =>
    webhooks.subscribe({
      url: receiver.url,
      eventTypes: ['order.paid'],
      secret: SECRET,
      headers: HEADERS,
      auth: BEARER,
      ...input,
    });

  /** One event to one subscription, and all that can be seen of both afterwards. */
  const attempt = async (input: Partial<CreateSubscription> = {}) => {
    const { id, secret, ...created } = await create(input);
    expect(secret).toBe(SECRET);
    const { eventId } = await webhooks.send('order.paid', PAYLOAD);
    const delivery = await attemptEnded(webhooks, await deliveryOf(webhooks, eventId), 1);
    heard.add(created, delivery, await webhooks.deliveries.list());
    heard.add(await webhooks.subscriptions.list(), await webhooks.subscriptions.disable(id));
    await webhooks.unsubscribe(id);
    return delivery.attempts[0]!;
  };

  it('are what is sent, so that this test looks for the right thing', async () => {
    expect(await attempt()).toMatchObject({ outcome: 'success' });
    const { headers, body } = receiver.requests[0]!;
    expect(headers).toMatchObject({ ...HEADERS, authorization: `Bearer ${BEARER.token}` });
    expect(JSON.parse(body.toString())).toEqual(PAYLOAD);
    const listening = new Listening();
    const cause = new Error(CANARY);
    listening.add({ headers }, body.toString(), new Error('e', { cause }), CERTIFICATE, SECRET);
    expect(listening.holding(FORMS).length).toBeGreaterThan(8);
  });

  it.each<[string, ReceiverBehaviour]>([
    ['http', 500],
    ['http', 410],
    ['redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }],
    ['too_large', { status: 200, headers: { 'x-long': 'x'.repeat(20_000) } }],
    ['connect', 'reset'],
    ['timeout', 'hang'],
  ])('are told nowhere when an attempt ends as %s', async (outcome, behaviour) => {
    receiver.next(behaviour);
    expect(await attempt({ auth: BASIC })).toMatchObject({ outcome });
  });

  it.each<[string, (port: string) => Partial<CreateSubscription>]>([
    ['blocked', () => ({ url: 'https://inside.example/' })],
    ['dns', () => ({ url: 'https://unknown.example/' })],
    ['tls', (port) => ({ url: `https://127.0.0.1:${port}/`, clientCertificate: CERTIFICATE })],
    [
      'http',
      () => ({
        auth: {
          type: 'oauth2',
          tokenUrl: operator.url,
          clientId: 'c',
          clientSecret: `${CANARY}-client`,
        },
      }),
    ],
  ])('are told nowhere when an attempt ends unsent as %s', async (outcome, input) => {
    const port = new URL(receiver.url).port;
    expect(await attempt(input(port))).toMatchObject({ outcome, status: null });
  });

  it.each(['request', 'response'])(
    'are told nowhere when a %s interceptor throws them',
    async (kind) => {
      const { interceptors } = app.get(WebhookHttpService).axiosRef;
      const [manager, id] =
        kind === 'request'
          ? [interceptors.request, interceptors.request.use(throwAll)]
          : [interceptors.response, interceptors.response.use(({ config }) => throwAll(config))];
      const outcome = kind === 'request' ? 'unknown' : 'success';
      expect(await attempt()).toMatchObject({ outcome });
      manager.eject(id);
    },
  );

  it.each<[string, ReceiverBehaviour]>([
    ['answered', { status: 200, body: ({ body }) => body.toString() }],
    ['echoed with 404', { status: 404, body: ({ body }) => body.toString() }],
    ['echoed in other text', { status: 200, body: ({ body }) => `echo: ${body.toString()}` }],
    ['redirected', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }],
    ['cut off', 'reset'],
    ['not answered', 'hang'],
  ])('are told nowhere when a challenge is %s', async (outcome, behaviour) => {
    const { id, tenant } = await create();
    const before = tokens().length;
    await store.updateSubscription(tenant, id, (current) => ({
      ...current,
      state: 'disabled',
      disabledReason: 'unverified',
    }));
    receiver.next(behaviour);
    const { subscriptions } = webhooks;
    const result: unknown = await subscriptions.verify(id).catch((thrown: unknown) => thrown);
    expect(result instanceof WebhooksError).toBe(outcome !== 'answered');
    expect(tokens()).toHaveLength(before + 1);
    heard.add(result, await subscriptions.list(), await webhooks.deliveries.list());
    await webhooks.unsubscribe(id);
  });

  it('are told nowhere when the store fails', async () => {
    store.failures = 3;
    await attempt();
    expect(store.failures).toBe(0);
    expect(heard.holding(['the store failed']).length).toBeGreaterThan(0);
  });

  const send = (payload: object, eventType = 'order.paid', idempotencyKey?: string) =>
    webhooks.send(eventType, payload, idempotencyKey === undefined ? {} : { idempotencyKey });

  it.each<[string, () => Promise<unknown>]>([
    ['a wrong payload', () => send({ id: CANARY, total: CANARY })],
    ['a nested wrong payload', () => send({ ...PAYLOAD, customer: { email: [CANARY] } })],
    ['too large a payload', () => send({ id: CANARY.repeat(100), total: 1 })],
    ['an unknown event type', () => send(PAYLOAD, 'order.payed')],
    [
      'a reused idempotency key',
      async () => {
        await send(PAYLOAD, 'order.paid', 'key');
        await send({ ...PAYLOAD, total: 1 }, 'order.paid', 'key');
      },
    ],
    [
      'a throwing filter',
      async () => {
        const { id } = await create({ eventTypes: ['order.created'] });
        try {
          await send(PAYLOAD, 'order.created');
        } finally {
          await webhooks.unsubscribe(id);
        }
      },
    ],
    ['a wrong header value', () => create({ headers: { 'x-api-key': `${CANARY}\n` } })],
    ['a wrong secret', () => create({ secret: `whsec_${CANARY}!` })],
    ['a wrong token', () => create({ auth: { type: 'bearer', token: `${CANARY} ${CANARY}` } })],
    ['a wrong user name', () => create({ auth: { ...BASIC, username: `${CANARY}:` } })],
    ['a password in the URL', () => create({ url: `https://u:${CANARY}@receiver.example` })],
    ['two authorisations', () => create({ headers: { authorization: CANARY } })],
    [
      'a key of another certificate',
      () => create({ clientCertificate: { cert: CERTIFICATE.key, key: CERTIFICATE.key } }),
    ],
    ['a certificate without https', () => create({ clientCertificate: CERTIFICATE })],
    [
      'a wrong new secret',
      async () => {
        const { id } = await create();
        try {
          await webhooks.subscriptions.rotateSecret(id, { secret: `whsec_${CANARY}` });
        } finally {
          await webhooks.unsubscribe(id);
        }
      },
    ],
    ['a wrong authority', () => startShop({ egress: { ca: [CERTIFICATE.key] } })],
  ])('are told nowhere in the error about %s', async (_, call) => {
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WebhooksError);
    heard.add(error);
  });

  it('are told neither to the operator nor in the OpenAPI document', async () => {
    await until(() => operator.requests.length > 10);
    for (const { body, path } of operator.requests) heard.add(path, body.toString());
    const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
    const document = SwaggerModule.createDocument(app, config);
    heard.add(WebhooksModule.extendDocument(app, document), webhooks.events());
    expect(heard.holding(['webhook attempt failed']).length).toBeGreaterThan(10);
  });
});
