import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  exponential,
  fixed,
  RetrySchedule,
  WebhooksError,
  WebhooksModule,
  WebhookService,
} from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

// What a caller without types, or a client behind a controller, could pass.
const hostile = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }),
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fc.constantFrom<unknown>(
    '',
    ' ',
    '__proto__',
    'constructor',
    'order.paid\u0000',
    'a'.repeat(100_000),
    Symbol('s'),
    () => 1,
    NaN,
    -1,
    2 ** 53,
    Object.create(null),
    new Proxy({}, {}),
  ),
);

describe('bad input', () => {
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let webhooks: WebhookService;
  let id: string;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    shop = await startShop();
    webhooks = shop.webhooks;
    ({ id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['user.deleted'] }));
  });

  afterAll(async () => {
    await shop.app.close();
    await receiver.close();
  });

  async function state(): Promise<unknown> {
    return [
      await webhooks.subscriptions.list({ limit: 200 }),
      await webhooks.deliveries.list({ limit: 200 }),
      receiver.requests.length,
    ];
  }

  /** Every value is refused with an error of the package, short and typed, or does no harm at all. */
  async function refuses(
    call: (value: never) => Promise<unknown>,
    values: fc.Arbitrary<unknown> = hostile,
  ): Promise<void> {
    const before = await state();
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const error = await call(value as never).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(WebhooksError);
        const { code, message } = error as WebhooksError;
        expect(code).toMatch(/^WEBHOOKS_[A-Z_]+$/);
        expect(message.length).toBeLessThan(2_000);
      }),
      { numRuns: 150 },
    );
    expect(await state()).toEqual(before);
  }

  const notPlain = hostile.filter((value) => value !== undefined);

  describe('send', () => {
    it('event type', () => refuses(async (type) => webhooks.send(type, ORDER)));

    it('payload', () => refuses(async (payload) => webhooks.send('order.paid', payload)));

    it('idempotency key', () =>
      refuses(
        async (idempotencyKey) => webhooks.send('order.paid', ORDER, { idempotencyKey }),
        notPlain.filter((key) => !isPlainText(key)),
      ));

    it('ordering key', () =>
      refuses(
        async (orderingKey) => webhooks.send('order.paid', ORDER, { orderingKey }),
        notPlain.filter((key) => !isPlainText(key)),
      ));

    it('tenant', () =>
      refuses(
        async (tenant) => webhooks.send('order.paid', ORDER, { tenant }),
        notPlain.filter((tenant) => !isPlainText(tenant)),
      ));

    it('method', () =>
      refuses(async (method) => webhooks.send('order.paid', ORDER, { method }), notPlain));

    it('of', () => refuses(async (stubs) => webhooks.of(stubs)));
  });

  describe('subscriptions', () => {
    const valid = { url: 'https://example.com/hook', eventTypes: ['*'] };
    const create = (changes: object) => webhooks.subscriptions.create({ ...valid, ...changes });

    it('input', () => refuses(async (input) => webhooks.subscriptions.create(input)));

    it('url', () => refuses(async (url) => create({ url })));

    it('url with something wrong', () =>
      refuses(
        async (url) => create({ url }),
        fc
          .webUrl()
          .chain((url) =>
            fc.constantFrom(
              ` ${url}`,
              url.replace('://', '://user:secret@'),
              url.replace(/^https?/, 'ftp'),
              url.replace(/:\/\/[^/?#]+/, '://10.0.0.1'),
              url.replace(/:\/\/[^/?#]+/, '://[::1]'),
              url.replace(/:\/\/[^/?#]+/, '://0x0a.1'),
              url.replace(/:\/\/[^/?#]+/, '://metadata.internal'),
              `${url}\n`,
            ),
          ),
      ));

    it('event types', async () => {
      await refuses(async (eventTypes) => create({ eventTypes }));
      await refuses(async (eventType) => create({ eventTypes: ['order.paid', eventType] }));
    });

    it('headers', async () => {
      await refuses(
        async (headers) => create({ headers }),
        notPlain.filter((headers) => !isTextRecord(headers)),
      );
      await refuses(
        async (name) => create({ headers: { [name]: 'x' } }),
        fc.constantFrom('', 'a b', 'x:y', 'é', 'Host', 'WEBHOOK-ID', 'Cookie', 'proxy-x', 'a\r\nb'),
      );
      await refuses(
        async (value) => create({ headers: { 'x-key': value } }),
        fc.oneof(
          hostile.filter((value) => typeof value !== 'string'),
          fc.constantFrom('', ' x', 'x ', 'a\nb', 'é', '\u0000', 'x'.repeat(5_000)),
        ),
      );
    });

    it('metadata, description, secret, retry', async () => {
      for (const name of ['metadata', 'description', 'secret', 'retry']) {
        await refuses(
          async (value) => create({ [name]: value }),
          notPlain.filter(
            (value) => value !== null && typeof value !== 'string' && !isTextRecord(value),
          ),
        );
      }
      await refuses(async (secret) => create({ secret }), fc.string({ maxLength: 100 }));
    });

    it('changes', () =>
      refuses(
        async (changes) => webhooks.subscriptions.update(id, changes),
        hostile.filter((value) => typeof value !== 'object' || value === null),
      ));

    it('overlap', () =>
      refuses(
        async (overlap) => webhooks.subscriptions.rotateSecret(id, { overlap }),
        notPlain.filter(
          (value) => !(typeof value === 'number' && value >= 0 && value < 7 * 86_400_000),
        ),
      ));

    it('ids', async () => {
      const { subscriptions, deliveries } = webhooks;
      await refuses(async (sub) => subscriptions.get(sub));
      await refuses(async (sub) => subscriptions.update(sub, {}));
      await refuses(async (sub) => subscriptions.delete(sub));
      await refuses(async (sub) => subscriptions.enable(sub));
      await refuses(async (sub) => subscriptions.disable(sub));
      await refuses(async (sub) => subscriptions.rotateSecret(sub));
      await refuses(async (sub) => subscriptions.ping(sub));
      await refuses(async (sub) => subscriptions.verify(sub));
      await refuses(async (delivery) => deliveries.get(delivery));
      await refuses(async (delivery) => deliveries.redeliver(delivery));
    });

    it('cursors and limits', async () => {
      const { subscriptions, deliveries } = webhooks;
      await refuses(async (cursor) => subscriptions.list({ cursor }), notPlain);
      await refuses(async (cursor) => deliveries.list({ cursor }), notPlain);
      const limits = notPlain.filter(
        (value) => !(Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 200),
      );
      await refuses(async (limit) => subscriptions.list({ limit }), limits);
      await refuses(async (limit) => deliveries.list({ limit }), limits);
    });

    it('filters', async () => {
      const { deliveries } = webhooks;
      await refuses(async (status) => deliveries.list({ status }), notPlain);
      const times = notPlain.filter(
        (value) => !(value instanceof Date && !Number.isNaN(value.getTime())),
      );
      await refuses(async (since) => deliveries.list({ since }), times);
      await refuses(async (until) => deliveries.list({ until }), times);
    });
  });

  describe('schedules', () => {
    it('fixed', async () => {
      await refuses(
        async (delays) => fixed(delays),
        hostile.filter((value) => !isDelays(value)),
      );
      await refuses(
        async (jitter) => fixed([1], jitter),
        notPlain.filter((value) => !(typeof value === 'number' && value >= 0 && value <= 1)),
      );
    });

    it('exponential', () => refuses(async (options) => exponential(options)));

    it('every schedule that is made has whole delays in range', () => {
      const options = fc.record({
        first: fc.integer({ min: 1, max: 1e9 }),
        factor: fc.double({ min: 1, max: 100, noNaN: true }),
        tries: fc.integer({ min: 1, max: 100 }),
        cap: fc.integer({ min: 1, max: 2_592_000_000 }),
      });
      fc.assert(
        fc.property(options, (given) => {
          const { delays }: RetrySchedule = exponential(given);
          expect(delays).toHaveLength(given.tries - 1);
          for (const delay of delays) {
            expect(Number.isInteger(delay) && delay >= 1 && delay <= given.cap).toBe(true);
          }
        }),
      );
    });
  });

  it('module options', () => {
    const names = ['timeout', 'connectTimeout', 'bodyLimit', 'headerPrefix', 'userAgent', 'retry'];
    return fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        hostile.filter(
          (value) =>
            typeof value !== 'string' &&
            typeof value !== 'number' &&
            value !== undefined &&
            value !== null,
        ),
        async (name, value) => {
          await expect(startShop({ [name]: value })).rejects.toThrow(WebhooksError);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('a document that is not OpenAPI 3.1', () =>
    refuses(async (openapi) => WebhooksModule.extendDocument(shop.app, { openapi } as never)));
});

function isPlainText(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  // eslint-disable-next-line no-control-regex
  return /^[^\u0000-\u001f\u007f]{1,256}$/.test(value) && value.isWellFormed();
}

/** Also what is empty: a valid one where texts by name are wanted. */
function isTextRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((entry) => typeof entry === 'string');
}

function isDelays(value: unknown): boolean {
  return Array.isArray(value) && value.every((delay) => Number.isInteger(delay));
}
