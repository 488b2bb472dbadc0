import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fixed, WebhookMethod, WebhooksModuleOptions, WebhookService } from 'nestjs-webhooks';
import { attemptEnded, FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { INVOICE } from './fixtures/invoices.js';
import { accepts, createInvoiceApp } from './support/invoice.app.js';

const SENT = { ...INVOICE, dueAt: INVOICE.dueAt.toISOString() };
const HOUR = 3_600_000;

describe('a ping with an event type', () => {
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
    app = await createInvoiceApp({ clock, sweepInterval: HOUR, ...options });
    await app.init();
    webhooks = app.get(WebhookService);
  }

  async function subscribe(details: object = {}): Promise<string> {
    const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], ...details });
    return id;
  }

  it.each(['none', 'standard'] as const)(
    'sends the example to this subscription alone, envelope %s',
    async (envelope) => {
      await start({ envelope });
      await subscribe();
      const id = await subscribe({ url: `${receiver.url}mine`, eventTypes: ['books.closed'] });
      const { eventId, deliveryId } = await webhooks.subscriptions.ping(id, {
        eventType: 'invoice.paid',
      });
      const [request] = await receiver.received(1);
      expect(request).toMatchObject({
        method: 'PUT',
        path: '/mine',
        headers: { 'webhook-event': 'invoice.paid', 'webhook-id': eventId },
      });
      const body: unknown = JSON.parse(request!.body.toString());
      expect(body).toEqual(
        envelope === 'none'
          ? SENT
          : { type: 'invoice.paid', timestamp: new Date(clock.now()).toISOString(), data: SENT },
      );
      const info = webhooks.events().find(({ name }) => name === 'invoice.paid');
      expect(accepts(info!, request!.body)).toBe(true);
      const delivery = await attemptEnded(webhooks, deliveryId, 1);
      expect(delivery).toMatchObject({
        status: 'succeeded',
        eventType: 'webhook.example.invoice.paid',
      });
      const { items } = await webhooks.deliveries.list();
      expect(items.map((one) => one.id)).toEqual([deliveryId]);
    },
  );

  it('is tried once, whatever the schedules', async () => {
    receiver.otherwise(500);
    await start();
    const id = await subscribe({ retry: fixed([3_000, 3_000], 0) });
    const { deliveryId } = await webhooks.subscriptions.ping(id, { eventType: 'invoice.paid' });
    expect(await attemptEnded(webhooks, deliveryId, 1)).toMatchObject({
      status: 'exhausted',
      nextAttemptAt: null,
    });
  });

  it('is not replayed to another subscription', async () => {
    await start();
    const id = await subscribe({ eventTypes: ['books.closed'] });
    const { deliveryId } = await webhooks.subscriptions.ping(id, { eventType: 'invoice.paid' });
    await attemptEnded(webhooks, deliveryId, 1);
    const plain = await webhooks.subscriptions.ping(id);
    await attemptEnded(webhooks, plain.deliveryId, 1);
    const { eventId } = await webhooks.send('invoice.paid', INVOICE);
    const other = await subscribe();
    const replayed = await webhooks.deliveries.replay({
      subscriptionId: other,
      since: new Date(0),
    });
    expect(replayed.deliveries).toBe(1);
    const { items } = await webhooks.deliveries.list({ subscriptionId: other });
    expect(items).toMatchObject([{ eventId }]);
  });

  it('needs the method where there are several, and no example where there is no body', async () => {
    await start();
    const id = await subscribe();
    const ping = async (eventType: string, method?: WebhookMethod) =>
      webhooks.subscriptions.ping(id, { eventType, ...(method && { method }) });
    await expect(ping('invoice.sent')).rejects.toMatchObject({
      code: 'WEBHOOKS_AMBIGUOUS_EVENT_TYPE',
    });
    await ping('invoice.sent', 'patch');
    await ping('books.closed');
    const requests = await receiver.received(2);
    expect(requests.map(({ method, body }) => [method, body.length > 0])).toEqual(
      expect.arrayContaining([
        ['PATCH', true],
        ['DELETE', false],
      ]),
    );
  });

  it('is refused without an example, or for an unknown event type, and sends nothing', async () => {
    await start();
    const id = await subscribe();
    await expect(
      webhooks.subscriptions.ping(id, { eventType: 'invoice.sent', method: 'post' }),
    ).rejects.toMatchObject({
      code: 'WEBHOOKS_MISSING_EXAMPLE',
      message: expect.stringMatching(/"invoice\.sent".*InvoiceWebhooks\.invoiceSent.*example \}/),
    });
    await expect(
      webhooks.subscriptions.ping(id, { eventType: 'invoice.payed' }),
    ).rejects.toMatchObject({ code: 'WEBHOOKS_UNKNOWN_EVENT_TYPE' });
    expect((await webhooks.deliveries.list()).items).toEqual([]);
  });
});
