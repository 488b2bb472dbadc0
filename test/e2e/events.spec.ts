import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import {
  DeliveryWithAttempts,
  EventTypeInfo,
  fixed,
  Webhook,
  WebhookMethod,
  WebhooksModuleOptions,
  WebhookService,
} from 'nestjs-webhooks';
import { attemptEnded, FakeClock, ReceivedRequest, WebhookReceiver } from 'nestjs-webhooks/testing';
import { INVOICE, InvoiceDto, InvoiceWebhooks, PaymentWebhooks } from './fixtures/invoices.js';
import { accepts, createInvoiceApp } from './support/invoice.app.js';
import { deliveryOf } from './support/shop.app.js';

const SENT = { ...INVOICE, dueAt: INVOICE.dueAt.toISOString() };
const HOUR = 3_600_000;

const stubs = (type: string, example: unknown): Type => {
  class Wrong {
    @Webhook(type, 'post', { example })
    stub(_body: InvoiceDto): void {}
  }
  return Wrong;
};

describe('event types', () => {
  let app: Awaited<ReturnType<typeof createInvoiceApp>>;
  let webhooks: WebhookService;
  let receiver: WebhookReceiver;
  let clock: FakeClock;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    clock = new FakeClock();
  });

  afterEach(async () => {
    await app.close();
    await receiver.close();
  });

  async function start(options: WebhooksModuleOptions = {}): Promise<void> {
    app = await createInvoiceApp({
      clock,
      sweepInterval: HOUR,
      retry: fixed([7_000], 0),
      ...options,
    });
    await app.init();
    webhooks = app.get(WebhookService);
  }

  async function subscribe(details: object = {}): Promise<string> {
    const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], ...details });
    return id;
  }

  /** A delivery of the event type whose first try has failed. */
  async function fail(type: string, subscription: object = {}): Promise<DeliveryWithAttempts> {
    receiver.otherwise(500);
    await start();
    await subscribe(subscription);
    const method = type === 'invoice.sent' ? 'post' : undefined;
    const { eventId } = await webhooks.send(type, INVOICE, method && { method });
    return attemptEnded(webhooks, await deliveryOf(webhooks, eventId), 1);
  }

  /** Milliseconds until the next try. */
  const waits = ({ nextAttemptAt }: DeliveryWithAttempts): number =>
    (nextAttemptAt?.getTime() ?? Number.NaN) - clock.now();

  const entryOf = ({ headers, method }: ReceivedRequest): EventTypeInfo | undefined =>
    webhooks
      .events()
      .find((one) => one.name === headers['webhook-event'] && one.method === method.toLowerCase());

  describe('events()', () => {
    it('lists what is declared, the same each time', async () => {
      await start();
      const events = webhooks.events();
      const shown = events.map(({ name, method, deprecated }) => [name, method, deprecated]);
      expect(shown).toEqual([
        ['books.closed', 'delete', false],
        ['invoice.paid', 'put', false],
        ['invoice.sent', 'post', true],
        ['invoice.sent', 'patch', false],
        ['invoices.imported', 'post', false],
      ]);
      expect(events[1]).toMatchObject({
        summary: 'An invoice was paid',
        description: 'Sent once per invoice.',
        example: SENT,
      });
      expect(events[2]).not.toHaveProperty('example');
      expect(webhooks.events()).toBe(events);
    });

    it.each(['none', 'standard'] as const)(
      'has the schema of what is really sent, envelope %s',
      async (envelope) => {
        await start({ envelope });
        await subscribe();
        const payload = { ...INVOICE, lines: undefined };
        const payloads: readonly (readonly [string, WebhookMethod, unknown])[] = [
          ['invoice.paid', 'put', INVOICE],
          ['invoice.sent', 'post', payload],
          ['invoice.sent', 'patch', payload],
          ['invoices.imported', 'post', [payload, INVOICE]],
          ['books.closed', 'delete', undefined],
        ];
        for (const [type, method, data] of payloads) await webhooks.send(type, data, { method });
        const requests = await receiver.received(payloads.length);
        const described = requests.map(entryOf);
        expect(new Set(described).size).toBe(payloads.length);
        requests.forEach((request, index) => {
          const entry = described[index]!;
          expect({ entry, accepted: accepts(entry, request.body) }).toEqual({
            entry,
            accepted: true,
          });
          expect(accepts(entry, Buffer.from('{"id":7}'))).toBe(false);
        });
      },
    );
  });

  describe('an example that could not be sent', () => {
    it.each([
      ['a wrong field', { ...INVOICE, total: 'many' }, /total: .*integer/],
      ['a field that is not declared', { ...INVOICE, secret: 'x' }, /secret/],
      ['a nested one', { ...INVOICE, lines: [{ sku: 's', at: 1 }] }, /lines\.0\.at/],
      ['no object', 'text', /must be an object/],
      ['too much', { ...INVOICE, id: 'x'.repeat(300_000) }, /262144/],
    ])('stops the app at start: %s', async (_, example, problem) => {
      app = await createInvoiceApp({}, stubs('wrong', example));
      const error = await app.init().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'WEBHOOKS_INVALID_EXAMPLE',
        message: expect.stringMatching(/^Wrong\.stub declares an example .*leave it out\.$/),
      });
      expect(error).toHaveProperty('message', expect.stringMatching(problem));
    });

    it('may have other fields only where these are sent', async () => {
      app = await createInvoiceApp(
        { unknownFields: 'keep' },
        stubs('kept', { ...INVOICE, other: 1 }),
      );
      await expect(app.init()).resolves.toBe(app);
    });
  });

  describe('a schedule of an event type', () => {
    it("takes the place of the module's", async () => {
      const first = await fail('invoice.paid');
      expect(waits(first)).toBe(1_000);
      await clock.advance(1_000);
      const last = await attemptEnded(webhooks, first.id, 2);
      expect(last).toMatchObject({ status: 'exhausted', reason: 'no try is left' });
    });

    it('is that of this event type alone', async () => {
      expect(waits(await fail('invoice.sent'))).toBe(7_000);
    });

    it("gives way to the subscription's own", async () => {
      expect(waits(await fail('invoice.paid', { retry: fixed([3_000], 0) }))).toBe(3_000);
    });
  });

  it('that are deprecated can still be subscribed to and sent', async () => {
    await start();
    await subscribe({ eventTypes: ['invoice.sent'] });
    await webhooks.send('invoice.sent', INVOICE, { method: 'post' });
    const [request] = await receiver.received(1);
    expect(request!.headers['webhook-event']).toBe('invoice.sent');
  });

  it('can be sent by an abstract class that the stubs extend', async () => {
    await start();
    await subscribe();
    await webhooks.of(PaymentWebhooks).invoicePaid(INVOICE);
    await webhooks.of(InvoiceWebhooks).booksClosed();
    const requests = await receiver.received(2);
    expect(requests.map(({ method }) => method).sort()).toEqual(['DELETE', 'PUT']);
  });
});
