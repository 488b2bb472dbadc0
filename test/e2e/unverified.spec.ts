import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  InMemoryWebhookStore,
  OnWebhookNotification,
  WebhookService,
  WebhooksModule,
  WebhooksModuleOptions,
  WebhookStore,
  type WebhookNotifications,
} from 'nestjs-webhooks';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { verify } from 'nestjs-webhooks/signing';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { SQLITE_DRIVERS } from '../support/sqlite.driver.js';
import { TestDatabase } from '../support/test.database.js';
import { ShopModule } from './fixtures/shop.js';
import { ChallengeStage, echo, ENABLED, tokenIn, UNVERIFIED } from './support/challenge.js';
import { LOOPBACK, until } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

const stage = new ChallengeStage();
let receiver: WebhookReceiver;
beforeEach(async () => void (receiver = await stage.receive()));
afterEach(() => stage.clear());

const start = (options?: WebhooksModuleOptions) => stage.start(options);
const subscribe = (webhooks: WebhookService) => stage.subscribe(webhooks, receiver.url);

const database = await TestDatabase.open();
afterAll(async () => database?.close());

const STORES: Readonly<Record<string, () => Promise<WebhookStore>>> = {
  memory: async () => new InMemoryWebhookStore(),
  SQLite: async () =>
    new SqliteWebhookStore({ database: SQLITE_DRIVERS[0]!.open(':memory:'), migrateOnStart: true }),
  ...(database !== null && {
    PostgreSQL: async () =>
      new PostgresWebhookStore(database.pool(), {
        schema: database.schema(),
        migrateOnStart: true,
      }),
  }),
};

describe.each(Object.entries(STORES))('a subscription in %s', (_, createStore) => {
  it('gets nothing until its receiver has echoed a token, and again for another URL', async () => {
    const webhooks = await start({ store: await createStore() });
    const { id, secret, ...created } = await subscribe(webhooks);
    expect(created).toMatchObject({ ...UNVERIFIED, disabledAt: created.createdAt });
    expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 0 });
    await expect(webhooks.subscriptions.enable(id)).rejects.toMatchObject({
      code: 'WEBHOOKS_SUBSCRIPTION_UNVERIFIED',
      message: expect.stringContaining('`subscriptions.verify()`') as unknown,
    });
    expect(receiver.requests).toEqual([]);

    receiver.next({ status: 200, body: echo });
    expect(await webhooks.subscriptions.verify(id)).toMatchObject(ENABLED);
    const [challenge] = receiver.requests;
    expect(challenge).toMatchObject({
      method: 'POST',
      headers: { 'webhook-event': 'webhook.challenge', 'content-type': 'application/json' },
    });
    expect(tokenIn(challenge!)).toMatch(/^[\w-]{43}$/);
    verify({ headers: challenge!.headers, body: challenge!.body, secret });

    expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 1 });
    expect(echo((await receiver.received(2))[1]!)).toBe(JSON.stringify(ORDER));
    const elsewhere = `${receiver.url}elsewhere`;
    const changed = await webhooks.subscriptions.update(id, { url: elsewhere });
    expect(changed).toMatchObject(UNVERIFIED);
    const missed = await webhooks.send('order.paid', ORDER);
    expect(missed.deliveries).toBe(0);
    receiver.next({ status: 200, body: echo });
    expect(await webhooks.subscriptions.verify(id)).toMatchObject({ ...ENABLED, url: elsewhere });
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/', '/', '/elsewhere']);

    await webhooks.deliveries.replay({ subscriptionId: id, since: changed.disabledAt! });
    const ids = () => receiver.requests.slice(3).map(({ headers }) => headers['webhook-id']);
    await until(() => ids().includes(missed.eventId));
  });
});

describe('an unverified subscription', () => {
  it('cannot be pinged or sent old events, and disabling leaves it as it is', async () => {
    const webhooks = await start();
    const { id } = await subscribe(webhooks);
    const since = new Date(0);
    for (const call of [
      async () => webhooks.subscriptions.ping(id),
      async () => webhooks.deliveries.recover({ subscriptionId: id, since }),
      async () => webhooks.deliveries.replay({ subscriptionId: id, since }),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'WEBHOOKS_SUBSCRIPTION_DISABLED',
        message: expect.stringContaining('`verify()`') as unknown,
      });
    }
    expect(await webhooks.subscriptions.disable(id)).toMatchObject(UNVERIFIED);
    expect(receiver.requests).toEqual([]);
  });

  it('is what an update makes that changes the URL, and no other; listeners hear of it', async () => {
    const heard: WebhookNotifications['subscription.disabled'][] = [];
    class Ear {
      @OnWebhookNotification('subscription.disabled')
      onDisabled(notification: WebhookNotifications['subscription.disabled']): void {
        heard.push(notification);
      }
    }
    const options = { challenge: true, egress: LOOPBACK };
    const module = await Test.createTestingModule({
      imports: [ShopModule, WebhooksModule.forRoot(options)],
      providers: [Ear],
    }).compile();
    const app = await module.createNestApplication().init();
    stage.atEnd(() => app.close());
    const webhooks = app.get(WebhookService);
    const { subscriptions } = webhooks;
    const { id } = await subscribe(webhooks);
    await subscriptions.update(id, { url: `${receiver.url}before` });
    receiver.otherwise({ status: 200, body: echo });
    await subscriptions.verify(id);
    await subscriptions.update(id, { url: `${receiver.url}before`, description: 'same' });
    expect(await subscriptions.rotateSecret(id)).toMatchObject(ENABLED);
    expect(receiver.requests).toHaveLength(1);

    receiver.next(500);
    const { deliveryId } = await subscriptions.ping(id);
    const { updatedAt } = await subscriptions.update(id, { url: receiver.url });
    await until(async () => (await webhooks.deliveries.get(deliveryId)).status !== 'pending');
    await until(() => heard.length > 0);
    expect(heard).toEqual([
      { tenant: 'default', subscriptionId: id, reason: 'unverified', at: updatedAt },
    ]);
    await subscriptions.update(id, { url: `${receiver.url}again` });
    expect(await subscriptions.verify(id)).toMatchObject({ url: `${receiver.url}again` });
    await subscriptions.disable(id);
    await until(() => heard.length > 1);
    expect(heard[1]).toMatchObject({ reason: 'manual' });
    expect(await subscriptions.verify(id)).toMatchObject({ disabledReason: 'manual' });
    expect(await subscriptions.enable(id)).toMatchObject(ENABLED);
  });

  it('is not made without the option, which lets those be enabled that there are', async () => {
    const store = new InMemoryWebhookStore();
    const { id } = await subscribe(await start({ store }));
    const webhooks = await start({ store, challenge: false });
    const enabled = await subscribe(webhooks);
    expect(enabled).toMatchObject(ENABLED);
    const change = { url: `${receiver.url}other` };
    expect(await webhooks.subscriptions.update(enabled.id, change)).toMatchObject(ENABLED);
    expect(await webhooks.subscriptions.verify(enabled.id)).toMatchObject(ENABLED);
    expect(receiver.requests).toEqual([]);
    expect(await webhooks.subscriptions.enable(id)).toMatchObject(ENABLED);
  });

  it('is the option for which nothing but true and false is taken', async () => {
    await expect(start({ challenge: 'yes' as never })).rejects.toMatchObject({
      code: 'WEBHOOKS_INVALID_ARGUMENT',
      message: expect.stringContaining('challenge') as unknown,
    });
  });
});
