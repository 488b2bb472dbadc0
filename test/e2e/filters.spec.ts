import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { INestApplication, Injectable, Scope } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  WebhookFilter,
  WebhookService,
  WebhooksModule,
  type FilterQuestion,
  type PayloadFilter,
  type WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopModule } from './fixtures/shop.js';
import { LOOPBACK } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

const total = (op: string, value: unknown) => ({ field: 'total', op, value }) as PayloadFilter;
const country = (op: string, value: unknown) =>
  ({ field: 'customer.email', op, value }) as PayloadFilter;
@Injectable()
class Gate {
  asked: FilterQuestion[] = [];
  answer: () => boolean = () => true;

  @WebhookFilter('order.*')
  admits(question: FilterQuestion): boolean {
    this.asked.push(question);
    return this.answer();
  }
}

describe('filters', () => {
  let receiver: WebhookReceiver;
  let app: INestApplication;
  let webhooks: WebhookService;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await app.close();
    await receiver.close();
  });

  async function start(options: WebhooksModuleOptions = {}): Promise<void> {
    const module = await Test.createTestingModule({
      imports: [ShopModule, WebhooksModule.forRoot({ egress: LOOPBACK, ...options })],
      providers: [Gate],
    }).compile();
    app = module.createNestApplication();
    await app.init();
    webhooks = app.get(WebhookService);
  }

  describe('as data', () => {
    const payload = { id: 'o_1', total: 42, customer: { email: 'ada@example.com' } };

    it.each<[PayloadFilter, boolean]>([
      [total('eq', 42), true],
      [total('eq', '42'), false],
      [total('ne', 42), false],
      [total('in', [1, 42]), true],
      [total('nin', [1, 42]), false],
      [total('gt', 42), false],
      [total('gte', 42), true],
      [total('lt', 43), true],
      [total('lte', 41), false],
      [total('gt', '1'), false],
      [total('exists', true), true],
      [country('startsWith', 'ada@'), true],
      [country('contains', 'example'), true],
      [country('contains', 'other'), false],
      [country('gt', 'ada'), true],
      [{ field: 'missing', op: 'exists', value: false }, true],
      [{ field: 'missing', op: 'eq', value: null }, false],
      [{ field: 'missing', op: 'ne', value: 1 }, true],
      [{ field: 'constructor', op: 'exists', value: true }, false],
      [{ all: [total('gt', 1), total('lt', 2)] }, false],
      [{ any: [total('gt', 1), total('lt', 2)] }, true],
      [{ not: total('gt', 1) }, false],
    ])('%j: %s', async (filter, wanted) => {
      await start({ envelope: 'standard' });
      const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], filter });
      expect((await webhooks.subscriptions.get(id)).filter).toEqual(filter);
      const { deliveries } = await webhooks.send('order.paid', payload);
      expect(deliveries).toBe(wanted ? 1 : 0);
    });

    it.each<[string, unknown]>([
      ['an unknown operator', total('matches', '.*')],
      ['a regular expression', total('eq', /a/)],
      ['a list where a value is due', total('gt', [1])],
      ['a value where a list is due', total('in', 1)],
      ['a field that is no path', { field: 'a..b', op: 'eq', value: 1 }],
      ['a prototype', { field: '__proto__.x', op: 'eq', value: 1 }],
      ['an empty list', { all: [] }],
      ['too deep', { not: { not: { not: { not: { not: total('eq', 1) } } } } }],
      ['too many', { any: Array.from({ length: 51 }, () => total('eq', 1)) }],
      ['two operators at once', { all: [total('eq', 1)], not: total('eq', 1) }],
    ])('refuses %s', async (_, filter) => {
      await start();
      const input = { url: receiver.url, eventTypes: ['*'], filter: filter as PayloadFilter };
      await expect(webhooks.subscribe(input)).rejects.toMatchObject({ argument: 'filter' });
      expect((await webhooks.subscriptions.list()).items).toEqual([]);
    });

    it('can be changed and taken back', async () => {
      await start();
      const filter = total('gt', 100);
      const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], filter });
      expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 0 });
      await webhooks.subscriptions.update(id, { filter: null });
      expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 1 });
    });
  });

  describe('in code', () => {
    it('are asked with tenant, payload and subscription, and decide', async () => {
      await start();
      const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      const gate = app.get(Gate);
      gate.answer = () => false;
      expect(await webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 0 });
      expect(gate.asked).toEqual([
        {
          eventType: 'order.paid',
          tenant: 'default',
          payload: ORDER,
          subscription: expect.objectContaining({ id }) as unknown,
        },
      ]);
      expect(JSON.stringify(gate.asked)).not.toContain('whsec_A');
      expect(await webhooks.send('shop.closed')).toMatchObject({ deliveries: 1 });
      expect(gate.asked).toHaveLength(1);
    });

    it('make send reject when they do not answer; then nothing is accepted', async () => {
      await start();
      await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      for (const answer of [
        () => {
          throw new Error('no');
        },
        () => 'yes',
        async () => true,
      ]) {
        app.get(Gate).answer = answer as unknown as () => boolean;
        await expect(webhooks.send('order.paid', ORDER)).rejects.toMatchObject({
          code: 'WEBHOOKS_FILTER_FAILED',
        });
      }
      expect((await webhooks.deliveries.list()).items).toEqual([]);
    });

    it('can stand in the options too', async () => {
      await start({ filter: ({ tenant }) => tenant === 'a' });
      for (const tenant of ['a', 'b']) {
        await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] }, { tenant });
        const { deliveries } = await webhooks.send('order.paid', ORDER, { tenant });
        expect(deliveries).toBe(tenant === 'a' ? 1 : 0);
      }
    });

    it.each([
      ['a provider that lives per request', Scope.REQUEST, 'order.*', 'WEBHOOKS_PROVIDER_SCOPE'],
      ['an unknown event type', Scope.DEFAULT, 'order.payed', 'WEBHOOKS_UNKNOWN_EVENT_TYPE'],
    ])('stop the start on %s', async (_, scope, pattern, code) => {
      await start();
      @Injectable({ scope })
      class Wrong {
        @WebhookFilter(pattern)
        admits(): boolean {
          return true;
        }
      }
      const module = await Test.createTestingModule({
        imports: [ShopModule, WebhooksModule.forRoot()],
        providers: [Wrong],
      }).compile();
      await expect(module.createNestApplication().init()).rejects.toMatchObject({ code });
    });
  });
});
