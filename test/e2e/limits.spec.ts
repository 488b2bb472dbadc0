import { Controller, INestApplication, Param, Post, UseFilters } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  WebhooksExceptionFilter,
  WebhooksModule,
  WebhooksModuleOptions,
  WebhookService,
} from 'nestjs-webhooks';
import { attemptEnded, FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopModule } from './fixtures/shop.js';
import { deliveryOf, LOOPBACK, startShop } from './support/shop.app.js';

const UNKNOWN = '0'.repeat(32);

@Controller('subscriptions')
@UseFilters(WebhooksExceptionFilter)
class PingController {
  constructor(private readonly webhooks: WebhookService) {}

  @Post(':id/ping')
  ping(@Param('id') id: string) {
    return this.webhooks.subscriptions.ping(id);
  }
}

describe('the rates of a tenant', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let app: INestApplication;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await app.close();
    await receiver.close();
  });

  const start = async (options: WebhooksModuleOptions): Promise<WebhookService> => {
    const shop = await startShop({ clock, ...options });
    app = shop.app;
    return shop.webhooks;
  };

  const subscribe = (webhooks: WebhookService, tenant: string) =>
    webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] }, { tenant });

  it('bound pings, each tenant its own, and let the next through when its time has come', async () => {
    const webhooks = await start({ pingRate: 3 });
    const { subscriptions } = webhooks;
    const [a, b] = await Promise.all(['a', 'b'].map((tenant) => subscribe(webhooks, tenant)));
    const ping = () => subscriptions.ping(a!.id, { tenant: 'a' });
    for (let count = 0; count < 3; count++) await ping();
    await clock.advance(5_500);
    await expect(ping()).rejects.toMatchObject({
      code: 'WEBHOOKS_TOO_MANY_REQUESTS',
      option: 'pingRate',
      retryAfter: 15,
    });
    await subscriptions.ping(b!.id, { tenant: 'b' });
    await receiver.received(4);
    await clock.advance(14_499);
    await expect(ping()).rejects.toMatchObject({ retryAfter: 1 });
    await clock.advance(1);
    await ping();
    await receiver.received(5);
  });

  it('bound redeliveries, and count an unknown id like any other', async () => {
    const webhooks = await start({ redeliverRate: 2 });
    await subscribe(webhooks, 'default');
    const { eventId } = await webhooks.send('shop.closed');
    const id = await deliveryOf(webhooks, eventId);
    await attemptEnded(webhooks, id, 1);
    await webhooks.deliveries.redeliver(id);
    await attemptEnded(webhooks, id, 2);
    await expect(webhooks.deliveries.redeliver(`dlv_${UNKNOWN}`)).rejects.toMatchObject({
      code: 'WEBHOOKS_DELIVERY_NOT_FOUND',
    });
    for (const each of [id, `dlv_${UNKNOWN}`]) {
      await expect(webhooks.deliveries.redeliver(each)).rejects.toMatchObject({
        code: 'WEBHOOKS_TOO_MANY_REQUESTS',
        option: 'redeliverRate',
        retryAfter: 30,
      });
    }
    expect((await webhooks.deliveries.get(id)).attempts).toHaveLength(2);
    expect(receiver.requests).toHaveLength(2);
  });

  it.each([
    ['Express', undefined],
    ['Fastify', new FastifyAdapter()],
  ])('are told over HTTP as 429 with the time to wait, on %s', async (_, adapter) => {
    const module = await Test.createTestingModule({
      imports: [ShopModule, WebhooksModule.forRoot({ clock, egress: LOOPBACK, pingRate: 1 })],
      controllers: [PingController],
    }).compile();
    app = adapter ? module.createNestApplication(adapter) : module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const { id } = await subscribe(app.get(WebhookService), 'default');
    const ping = async () =>
      fetch(`${await app.getUrl()}/subscriptions/${id}/ping`, { method: 'POST' });
    expect((await ping()).status).toBe(201);
    const refused = await ping();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await refused.json()).toEqual({
      statusCode: 429,
      code: 'WEBHOOKS_TOO_MANY_REQUESTS',
      message: expect.stringContaining('60 s') as unknown,
    });
  });
});
