import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Injectable, Module, Provider, Scope } from '@nestjs/common';

import { WebhookCatalog } from '../../../lib/catalog/webhook.catalog.js';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { closeApps, createApp, createCatalog, errorOf } from './catalog.fixtures.js';

afterEach(closeApps);

class PaidDto {
  id!: string;
}

class OrderWebhooks {
  @Webhook('order.paid')
  orderPaid(_body: PaidDto): void {}

  @Webhook('order.gone', 'delete')
  orderGone(@Body() _body: PaidDto): void {}

  notAStub(): void {}
}

const ORDER_TYPES = ['order.paid', 'order.gone'];

async function typesOf(metadata: Parameters<typeof createCatalog>[0]): Promise<string[]> {
  return (await createCatalog(metadata)).list().map(({ type }) => type);
}

describe('what is found', () => {
  it('a class, an instance, a factory and an async factory', async () => {
    expect(await typesOf({ providers: [OrderWebhooks] })).toEqual(ORDER_TYPES);
    const value = { provide: 'x', useValue: new OrderWebhooks() };
    expect(await typesOf({ providers: [value] })).toEqual(ORDER_TYPES);
    const factory = { provide: 'x', useFactory: () => new OrderWebhooks(), inject: [] };
    expect(await typesOf({ providers: [factory] })).toEqual(ORDER_TYPES);
    const later = { provide: 'x', useFactory: () => Promise.resolve(new OrderWebhooks()) };
    expect(await typesOf({ providers: [later] })).toEqual(ORDER_TYPES);
  });

  it('providers of request and transient scope', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class RequestWebhooks extends OrderWebhooks {}
    @Injectable({ scope: Scope.TRANSIENT })
    class TransientWebhooks {
      @Webhook('user.created')
      created(): void {}
    }
    const providers = [RequestWebhooks, TransientWebhooks];
    expect(await typesOf({ providers })).toEqual([...ORDER_TYPES, 'user.created']);
  });

  it('a class once, whatever its providers, aliases and modules', async () => {
    @Module({ providers: [OrderWebhooks] })
    class OtherModule {}
    const providers = [
      OrderWebhooks,
      { provide: 'alias', useExisting: OrderWebhooks },
      { provide: 'again', useClass: OrderWebhooks },
      { provide: 'value', useValue: new OrderWebhooks() },
    ];
    expect(await typesOf({ imports: [OtherModule], providers })).toEqual(ORDER_TYPES);
  });

  it('inherited stubs, with the provider as their host, and overrides only as declared', async () => {
    abstract class Port extends OrderWebhooks {
      abstract name(): string;
      override orderGone(_body: PaidDto): void {}
    }
    class Adapter extends Port {
      name(): string {
        return 'adapter';
      }
    }
    const catalog = await createCatalog({ providers: [{ provide: Port, useClass: Adapter }] });
    expect(catalog.list()).toEqual([
      {
        type: 'order.paid',
        method: 'post',
        host: Adapter,
        stub: 'orderPaid',
        body: { kind: 'dto', type: PaidDto, isArray: false },
      },
    ]);
    expect(catalog.ofClass(Port).get('orderPaid')?.host).toBe(Adapter);
    expect([...catalog.ofClass(Adapter).keys()]).toEqual(['orderPaid']);
  });

  it('in spite of odd neighbours, whose getters stay untouched', async () => {
    let invoked = 0;
    class Lazy {
      get connection(): never {
        invoked++;
        throw new Error('not connected');
      }
    }
    const refusing = {
      getPrototypeOf(): never {
        throw new Error('not loaded yet');
      },
    };
    const odd: unknown[] = [Object.create(null), Object.create({ constructor: 1 }), () => 1, 7, ''];
    const values = [...odd, Symbol('x'), undefined, null, OrderWebhooks, new Lazy()];
    const providers: Provider[] = values.map((useValue, at) => ({ provide: `odd${at}`, useValue }));
    providers.push({ provide: 'proxy', useFactory: () => new Proxy({}, refusing) });
    const catalog = await createCatalog({ providers: [...providers, Lazy, OrderWebhooks] });
    expect(catalog.list()).toHaveLength(2);
    expect(invoked).toBe(0);
  });

  it('in two apps of one process, each its own, also after init', async () => {
    class UserWebhooks {
      @Webhook('user.created', 'put')
      created(): void {}
    }
    const first = await createCatalog({ providers: [OrderWebhooks] });
    const app = await createApp({ providers: [UserWebhooks] });
    await app.init();
    expect(first.list().map(({ type }) => type)).toEqual(ORDER_TYPES);
    const list = app.get(WebhookCatalog).list();
    expect(list).toMatchObject([{ type: 'user.created', method: 'put', body: { kind: 'none' } }]);
  });

  it('on a controller, where a stub stays no route', async () => {
    @Controller('orders')
    class OrderController {
      @Get()
      all(): string[] {
        return [];
      }

      @Webhook('order.paid')
      paid(_body: PaidDto): void {}
    }
    const app = await createApp({ controllers: [OrderController] });
    await app.listen(0, '127.0.0.1');
    const status = async (method: string, path: string): Promise<number> =>
      (await fetch(`${await app.getUrl()}${path}`, { method })).status;
    expect(await status('GET', '/orders')).toBe(200);
    for (const path of ['/orders', '/', '/orders/order.paid', '/paid', '/orders/paid']) {
      expect(await status('POST', path)).toBe(404);
    }
    expect(app.get(WebhookCatalog).find('order.paid')?.host).toBe(OrderController);
  });
});

/** Asks with values that the compiler would refuse. */
function ask(catalog: WebhookCatalog, method: keyof WebhookCatalog, values: unknown[]): unknown {
  return Reflect.apply(Reflect.get(catalog, method), catalog, values);
}

describe('what is asked', () => {
  class AllWebhooks {
    @Webhook('order.paid')
    paid(): void {}
    @Webhook('user.profile.changed')
    changed(): void {}
    @Webhook('user.profile.changed', 'put')
    replaced(): void {}
  }
  const create = () => createCatalog({ providers: [AllWebhooks] });

  it('finds by type and method', async () => {
    const catalog = await create();
    expect(catalog.find('order.paid')?.stub).toBe('paid');
    expect(catalog.require('order.paid').stub).toBe('paid');
    expect(catalog.find('user.profile.changed', 'put')?.stub).toBe('replaced');
    expect(catalog.find('user.profile.changed')).toBeUndefined();
    expect(catalog.find('order.paid', 'put')).toBeUndefined();
    expect(catalog.ofClass(AllWebhooks).get('replaced')?.method).toBe('put');
  });

  it('explains what it does not find', async () => {
    const catalog = await create();
    const unknown = errorOf(() => catalog.require('order.payed'));
    expect(unknown.code).toBe('WEBHOOKS_UNKNOWN_EVENT_TYPE');
    expect(unknown.message).toMatch(/"order\.payed".*"order\.paid".*@Webhook\(\)/);
    expect(errorOf(() => catalog.require('zzzzzzzz')).message).not.toContain('did you mean');

    const ambiguous = errorOf(() => catalog.require('user.profile.changed'));
    expect(ambiguous.code).toBe('WEBHOOKS_AMBIGUOUS_EVENT_TYPE');
    expect(ambiguous.message).toContain('post and put; name the method');
    const method = errorOf(() => catalog.require('user.profile.changed', 'patch'));
    expect(method.code).toBe('WEBHOOKS_UNKNOWN_EVENT_TYPE');
    expect(method.message).toContain('use post or put');

    const none = errorOf(() => catalog.ofClass(PaidDto));
    expect(none.code).toBe('WEBHOOKS_UNKNOWN_WEBHOOK_CLASS');
    expect(none.message).toMatch(/^PaidDto .*providers of a module\.$/);
  });

  it('names both subclasses when a base class is asked for', async () => {
    class First extends AllWebhooks {
      @Webhook('a.paid')
      override paid(): void {}
      override changed(): void {}
      override replaced(): void {}
    }
    class Second extends AllWebhooks {
      @Webhook('b.paid')
      override paid(): void {}
    }
    const catalog = await createCatalog({ providers: [First, Second] });
    const error = errorOf(() => catalog.ofClass(AllWebhooks));
    expect(error.message).toContain('AllWebhooks.paid is declared by both First and Second');
  });

  it('accepts patterns that match something', async () => {
    const catalog = await create();
    for (const pattern of ['*', 'order.paid', 'order.*', 'user.*', 'user.profile.*']) {
      expect(() => catalog.requirePattern(pattern)).not.toThrow();
    }
    for (const pattern of ['order.payed', 'user', 'order.paid.*', 'usr.*']) {
      expect(errorOf(() => catalog.requirePattern(pattern)).code).toBe(
        'WEBHOOKS_UNKNOWN_EVENT_TYPE',
      );
    }
    expect(errorOf(() => catalog.requirePattern('usr.*')).message).toContain('"user.*"');
    for (const pattern of ['', '.', '*.paid', 'order.*.x', 'order*', '.*', 'a b', '**']) {
      expect(errorOf(() => catalog.requirePattern(pattern)).code).toBe(
        'WEBHOOKS_INVALID_EVENT_TYPE',
      );
    }
  });

  it('answers hostile values with its own short errors', async () => {
    const catalog = await create();
    const values: unknown[] = [
      null,
      undefined,
      {},
      [],
      Symbol('x'),
      1n,
      () => 1,
      Object.create(null),
    ];
    const hostile = [...values, 'a'.repeat(1_000_000), '\u0000'.repeat(500), '__proto__ ', ''];
    for (const value of hostile) {
      const errors = [
        errorOf(() => ask(catalog, 'require', [value])),
        errorOf(() => ask(catalog, 'requirePattern', [value])),
        errorOf(() => ask(catalog, 'require', ['order.paid', value ?? null])),
      ];
      expect(errors.map(({ code }) => code).slice(0, 2)).toEqual([
        'WEBHOOKS_INVALID_EVENT_TYPE',
        'WEBHOOKS_INVALID_EVENT_TYPE',
      ]);
      expect(errors[2]?.code).toBe('WEBHOOKS_INVALID_METHOD');
      for (const { message } of errors) expect(message.length).toBeLessThan(250);
      expect(ask(catalog, 'find', [value])).toBeUndefined();
    }
    for (const value of [null, {}, 'x', Symbol('x'), () => 1]) {
      const error = errorOf(() => ask(catalog, 'ofClass', [value]));
      expect(error.code).toBe('WEBHOOKS_UNKNOWN_WEBHOOK_CLASS');
    }
  });
});
