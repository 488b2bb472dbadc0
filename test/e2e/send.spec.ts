import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { WebhooksModule, WebhooksModuleOptions } from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { OrderDto, ShopWebhooks } from './fixtures/shop.js';
import { ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

describe('send', () => {
  let receiver: WebhookReceiver;
  let shop: ShopApp;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
  });

  async function start(options: WebhooksModuleOptions = {}): Promise<void> {
    shop = await startShop(options);
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
  }

  async function sentBody(): Promise<unknown> {
    const [request] = await receiver.received(1);
    return JSON.parse(request!.body.toString());
  }

  describe('validation', () => {
    it.each([
      ['no object', 'text', '', 'OrderDto'],
      ['null', null, '', 'OrderDto'],
      ['an array', [ORDER], '', 'OrderDto'],
      ['a missing field', { id: 'o_1' }, 'total', 'integer'],
      ['a wrong field', { ...ORDER, total: 'many' }, 'total', 'integer'],
      ['a nested field', { ...ORDER, customer: { email: 7 } }, 'customer.email', 'string'],
      ['a nested date', { ...ORDER, customer: new Date() }, 'customer', 'unknown value'],
    ])('refuses %s, naming it', async (_, payload, field, problem) => {
      await start();
      await expect(shop.webhooks.send('order.paid', payload)).rejects.toMatchObject({
        code: 'WEBHOOKS_PAYLOAD_INVALID',
        eventType: 'order.paid',
        problems: expect.arrayContaining([
          { field, problem: expect.stringContaining(problem) },
        ]) as unknown,
      });
      const { items } = await shop.webhooks.deliveries.list();
      expect(items).toEqual([]);
    });

    it('never shows a value in its message', async () => {
      await start();
      const payload = { id: { canary: 'hunter2' }, total: 'hunter2' };
      const error = await shop.webhooks
        .send('order.paid', payload)
        .catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(JSON.stringify(error) + (error as Error).message).not.toContain('hunter2');
    });

    it('sends an instance of the DTO and its plain form alike', async () => {
      await start();
      await shop.webhooks.send('order.paid', Object.assign(new OrderDto(), ORDER));
      await shop.webhooks.send('order.paid', ORDER);
      const [first, second] = await receiver.received(2);
      expect(first!.body.toString()).toBe(JSON.stringify(ORDER));
      expect(second!.body).toEqual(first!.body);
    });

    it.each([
      ['strip', ORDER],
      ['keep', { ...ORDER, passwordHash: 'x' }],
    ] as const)('unknownFields: %s', async (unknownFields, expected) => {
      await start({ unknownFields });
      await shop.webhooks.send('order.paid', { ...ORDER, passwordHash: 'x' });
      expect(await sentBody()).toEqual(expected);
    });

    it('strips unknown fields by default, and can refuse them', async () => {
      await start({ unknownFields: 'refuse' });
      await expect(
        shop.webhooks.send('order.paid', { ...ORDER, passwordHash: 'x' }),
      ).rejects.toMatchObject({ problems: [{ field: 'passwordHash' }] });
    });

    it('refuses what JSON cannot hold', async () => {
      await start({ unknownFields: 'keep' });
      const cycle: Record<string, unknown> = { ...ORDER };
      cycle['self'] = cycle;
      await expect(shop.webhooks.send('order.paid', cycle)).rejects.toMatchObject({
        code: 'WEBHOOKS_PAYLOAD_INVALID',
      });
      await expect(shop.webhooks.send('order.paid', { ...ORDER, big: 1n })).rejects.toMatchObject({
        code: 'WEBHOOKS_PAYLOAD_INVALID',
      });
    });

    it('sends an empty body for a stub without one, and takes no payload for it', async () => {
      await start();
      await shop.webhooks.send('shop.closed');
      const [request] = await receiver.received(1);
      expect(request!.body).toHaveLength(0);
      expect(request!.headers).not.toHaveProperty('content-type');
      await expect(shop.webhooks.send('shop.closed', ORDER)).rejects.toMatchObject({
        code: 'WEBHOOKS_PAYLOAD_INVALID',
      });
    });

    it('refuses a body over the limit, counting bytes', async () => {
      await start({ bodyLimit: 40 });
      const fits = { id: 'x'.repeat(40 - JSON.stringify({ id: '', total: 1 }).length), total: 1 };
      await expect(shop.webhooks.send('order.paid', fits)).resolves.toMatchObject({
        deliveries: 1,
      });
      const over = { ...fits, id: fits.id.replace('x', 'é') };
      await expect(shop.webhooks.send('order.paid', over)).rejects.toMatchObject({
        code: 'WEBHOOKS_PAYLOAD_TOO_LARGE',
        bytes: 41,
        limit: 40,
      });
    });
  });

  describe('event types', () => {
    it('names the nearest to an unknown one', async () => {
      await start();
      await expect(shop.webhooks.send('order.payed', ORDER)).rejects.toMatchObject({
        code: 'WEBHOOKS_UNKNOWN_EVENT_TYPE',
        message: expect.stringContaining('order.paid'),
      });
    });

    it('uses the declared method', async () => {
      await start();
      await shop.webhooks.send('user.deleted', { userId: 'u_1' });
      const [request] = await receiver.received(1);
      expect(request).toMatchObject({ method: 'DELETE' });
      expect(JSON.parse(request!.body.toString())).toEqual({ userId: 'u_1' });
    });

    it('can be sent by the stubs', async () => {
      await start();
      await shop.webhooks.of(ShopWebhooks).orderPaid(ORDER);
      expect(await sentBody()).toEqual(ORDER);
      const other = shop.webhooks.of(ShopWebhooks) as unknown as Record<string, () => unknown>;
      expect(() => other['toString2']).toThrow(/ShopWebhooks\.toString2 declares no webhook/);
    });

    it('lists them', async () => {
      await start();
      expect(shop.webhooks.events().map(({ name, method }) => [name, method])).toEqual([
        ['order.created', 'post'],
        ['order.paid', 'post'],
        ['shop.closed', 'post'],
        ['user.deleted', 'delete'],
      ]);
    });
  });

  describe('idempotencyKey', () => {
    it('makes a repeat the same event', async () => {
      await start();
      const first = await shop.webhooks.send('order.paid', ORDER, { idempotencyKey: 'k' });
      const again = await shop.webhooks.send('order.paid', { ...ORDER }, { idempotencyKey: 'k' });
      expect(again).toEqual(first);
      await shop.webhooks.send('shop.closed');
      expect(await receiver.received(2)).toHaveLength(2);
      const types = receiver.requests.map(({ headers }) => headers['webhook-event']);
      expect(new Set(types)).toEqual(new Set(['order.paid', 'shop.closed']));
    });

    it('refuses another payload or event type under the same key', async () => {
      await start({ envelope: 'standard' });
      const { eventId } = await shop.webhooks.send('order.paid', ORDER, { idempotencyKey: 'k' });
      const conflict = { code: 'WEBHOOKS_IDEMPOTENCY_CONFLICT', eventId };
      const options = { idempotencyKey: 'k' };
      await expect(
        shop.webhooks.send('order.paid', { ...ORDER, total: 43 }, options),
      ).rejects.toMatchObject(conflict);
      await expect(shop.webhooks.send('order.created', ORDER, options)).rejects.toMatchObject(
        conflict,
      );
      await shop.webhooks.send('order.paid', ORDER, { ...options, tenant: 'other' });
    });
  });

  it('refuses a transaction the store cannot join, and sends nothing', async () => {
    await start();
    await expect(
      shop.webhooks.send('order.paid', ORDER, { transaction: {} }),
    ).rejects.toMatchObject({ code: 'WEBHOOKS_TRANSACTION_UNSUPPORTED' });
    expect((await shop.webhooks.deliveries.list()).items).toEqual([]);
  });

  it.each(['none', 'standard'] as const)(
    'sends what the document says, envelope %s',
    async (envelope) => {
      await start({ envelope });
      const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
      const document = WebhooksModule.extendDocument(
        shop.app,
        SwaggerModule.createDocument(shop.app, config),
      );
      const ajv = new Ajv2020({ strict: false });
      addFormats.default(ajv);
      ajv.addSchema(document, 'document');
      await shop.webhooks.send('order.paid', { ...ORDER, customer: { email: 'a@example.com' } });
      await shop.webhooks.send('user.deleted', { userId: 'u_1' });
      const requests = await receiver.received(2);
      for (const { headers, method, body } of requests) {
        const path = `/webhooks/${headers['webhook-event']}/${method.toLowerCase()}`;
        const $ref = `document#${path}/requestBody/content/application~1json/schema`;
        const check = ajv.compile({ $ref });
        expect(check(JSON.parse(body.toString())) || check.errors).toBe(true);
        expect(check({ nothing: 'declared' })).toBe(false);
      }
    },
  );
});
