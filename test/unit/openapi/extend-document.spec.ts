import { afterEach, describe, expect, it } from '@jest/globals';
import { applyDecorators, Controller, Delete, Get, Patch, Post, Put, Type } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiExcludeEndpoint,
  ApiHeader,
  ApiResponse,
} from '@nestjs/swagger';
import { ApiWebhook, OperationObject, SwaggerModule } from '@nestjs/swagger';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import type { WebhookMethod } from '../../../lib/store/webhook-method.js';
import { closeApps, createApp } from '../catalog/catalog.fixtures.js';
import { BARE, configuration, documentOf, ENVELOPED, extend } from './openapi.fixtures.js';
import { LineDto } from './rich.dto.js';
import { richClass } from './rich.webhooks.js';

afterEach(closeApps);

const Rich = richClass(Webhook);

/** A live route that swagger files under `webhooks`. */
function route(type: string, method: WebhookMethod): MethodDecorator {
  const methods = { post: Post, put: Put, patch: Patch, delete: Delete };
  return applyDecorators(methods[method](`${type}/${method}`), ApiWebhook(type));
}

/** Two classes of this name have a stub of one name. */
function ordersClass(type: string, excluded: string): Type {
  class Orders {
    @Webhook(type)
    paid(): void {}
    @Webhook(excluded)
    @ApiExcludeEndpoint()
    hidden(): void {}
    @Get(type)
    @ApiWebhook(`${type}.live`)
    live(): void {}
  }
  Controller(type)(Orders);
  return Orders;
}

/** What of an operation comes from decorators alone. */
function declaredPart({ parameters, responses, security, ...rest }: OperationObject): object {
  const ours = /^webhook-/;
  const bare = /^(?:200|201|2XX|410)$/;
  return {
    ...rest,
    parameters: parameters?.filter((one) => !('name' in one && ours.test(one.name))),
    responses: Object.fromEntries(
      Object.entries(responses).filter(
        ([status, answer]) => !bare.test(status) || JSON.stringify(answer).includes('schema'),
      ),
    ),
    ...(security?.length && { security }),
  };
}

describe('the document', () => {
  it('says of a stub what swagger says of a route with the same decorators', async () => {
    const Routes = richClass(route);
    Controller()(Routes);
    const app = await createApp({ controllers: [Routes] });
    const options = { autoTagControllers: false };
    const oracle = SwaggerModule.createDocument(app, configuration().build(), options);
    const document = await documentOf({ providers: [Rich] });

    expect(Object.keys(oracle.webhooks ?? {})).toHaveLength(6);
    expect(document.components?.schemas).toEqual(oracle.components?.schemas);
    const parts = (webhooks = document.webhooks) =>
      Object.entries(webhooks ?? {}).flatMap(([type, item]) =>
        Object.entries(item).map(([method, operation]: [string, OperationObject]) => [
          `${type} ${method}`,
          declaredPart(operation),
        ]),
      );
    // Of a class's extensions swagger's own routes get none where they are inherited.
    Object.assign(oracle.webhooks?.['category.changed']?.put ?? {}, { 'x-team': 'billing' });
    expect(Object.fromEntries(parts())).toEqual(Object.fromEntries(parts(oracle.webhooks)));
    expect(document.webhooks?.['order.paid']?.post).toMatchObject({
      summary: 'An order was paid',
      tags: ['payments'],
      'x-team': 'billing',
      'x-since': { version: 2 },
      operationId: 'RichWebhooks_orderPaid',
    });
    expect(document.webhooks?.['category.changed']?.put?.deprecated).toBe(true);
  });

  it('adds the headers that are sent, and what the answers mean', async () => {
    const { webhooks } = await documentOf({ providers: [Rich] }, { ...BARE, headerPrefix: 'x-' });
    const operation = webhooks?.['cache.emptied']?.delete;
    const headers = ['x-region', 'x-id', 'x-timestamp', 'x-event', 'webhook-signature'];
    expect(operation?.parameters).toMatchObject(
      headers.map((name) => ({
        name,
        in: 'header',
        required: true,
        description: expect.any(String),
      })),
    );
    expect(operation?.parameters?.slice(1)).toMatchObject([
      { schema: { type: 'string' }, example: expect.stringMatching(/^evt_/) },
      { schema: { type: 'integer' }, example: expect.any(Number) },
      { schema: { enum: ['cache.emptied'] }, example: 'cache.emptied' },
      { example: BARE.signatureHeaders['webhook-signature'] },
    ]);
    expect(Object.keys(operation?.responses ?? {}).sort()).toEqual(['2XX', '410']);
    expect(operation).not.toHaveProperty('requestBody');
    expect(operation?.security).toEqual([]);
    expect(webhooks?.['orders.imported']?.post?.security).toEqual([{ apiKey: [] }]);
  });

  it('leaves what the stub declares of answers and headers', async () => {
    class Declared {
      @Webhook('a')
      @ApiResponse({ status: 202, description: 'Later' })
      @ApiResponse({ status: 410, description: 'Never again' })
      @ApiHeader({ name: 'Webhook-Id', description: 'Mine' })
      accepted(): void {}

      @Webhook('b')
      @ApiCreatedResponse({ description: 'Made', type: LineDto })
      created(): void {}
    }
    const { webhooks } = await documentOf({ providers: [Declared] });
    const [a, b] = [webhooks?.['a']?.post, webhooks?.['b']?.post];
    expect(a?.responses).toEqual({
      '202': { description: 'Later' },
      '410': { description: 'Never again' },
    });
    expect(a?.parameters).toHaveLength(4);
    expect(a?.parameters).toContainEqual(expect.objectContaining({ description: 'Mine' }));
    expect(Object.keys(b?.responses ?? {}).sort()).toEqual(['201', '410']);
  });

  it('reads what the plugin of swagger adds to a stub, save the answer of a route', async () => {
    class Decorated {
      @Webhook('a')
      @ApiResponse({ status: 200 })
      bare(): void {}
    }
    class Base {
      @Webhook('b')
      stub(): void {}
    }
    class ReadOnly extends Base {
      @Webhook('c')
      other(): void {}
    }
    // In its read-only mode the plugin keeps its findings in a file, which sets these.
    const key = '_OPENAPI_METADATA_FACTORY';
    const found = { summary: 'Base', deprecated: true };
    Object.defineProperty(Base, key, { value: () => ({ stub: found, gone: { summary: '' } }) });
    Object.defineProperty(ReadOnly, key, { value: () => ({ other: { description: 'Own' } }) });
    const { webhooks } = await documentOf({ providers: [Decorated, ReadOnly] });
    const answers = Object.values(webhooks ?? {}).map(({ post }) =>
      Object.keys(post?.responses ?? {}),
    );
    expect(answers).toEqual([
      ['410', '2XX'],
      ['410', '2XX'],
      ['410', '2XX'],
    ]);
    expect(webhooks?.['b']?.post).toMatchObject(found);
    expect(webhooks?.['c']?.post).toMatchObject({ description: 'Own' });
  });

  it('shows the envelope around every body, with its examples', async () => {
    const { webhooks } = await documentOf({ providers: [Rich] }, ENVELOPED);
    const media = (type: string, method: 'post' | 'delete' = 'post') => {
      const body = webhooks?.[type]?.[method]?.requestBody;
      return body && 'content' in body ? body.content['application/json'] : undefined;
    };
    const data = { $ref: '#/components/schemas/OrderDto' };
    const timestamp = { type: 'string', format: 'date-time' };
    expect(media('order.paid')).toMatchObject({
      schema: {
        type: 'object',
        required: ['type', 'timestamp', 'data'],
        properties: { type: { type: 'string', enum: ['order.paid'] }, timestamp, data },
      },
      examples: { smallest: { value: { type: 'order.paid', data: { id: 'ord_1' } } } },
    });
    expect(media('orders.imported')?.schema).toMatchObject({
      properties: { data: { type: 'array', items: { $ref: expect.any(String) } } },
    });
    const nothing = media('cache.emptied', 'delete')?.schema;
    expect(nothing).toMatchObject({ required: ['type', 'timestamp'] });
    expect(
      Object.keys(nothing && 'properties' in nothing ? (nothing.properties ?? {}) : {}),
    ).toEqual(['type', 'timestamp']);
  });

  it('documents a bare parameter and a body that @ApiBody() says nothing of as its class', async () => {
    class Bare {
      @Webhook('a')
      bare(_body: LineDto): void {}
      @Webhook('b')
      @ApiBody({ description: 'A line' })
      @ApiConsumes('text/csv')
      silent(_body: LineDto): void {}
    }
    const { webhooks } = await documentOf({ providers: [Bare] });
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/LineDto' } } };
    expect(webhooks?.['a']?.post?.requestBody).toEqual({ required: true, content });
    expect(webhooks?.['b']?.post?.requestBody).toMatchObject({ description: 'A line', content });
  });

  it('keeps the app out: prefix, versions, global parameters, answers and security', async () => {
    const app = await createApp({ providers: [Rich], controllers: [ordersClass('a', 'x')] });
    app.setGlobalPrefix('api');
    app.enableVersioning();
    const global = configuration()
      .addGlobalParameters({ name: 'x-tenant', in: 'header', schema: { type: 'string' } })
      .addGlobalResponse({ status: 500, description: 'Broken' })
      .addSecurityRequirements('apiKey');
    const config = global.build();
    try {
      const { webhooks } = extend(app, BARE, SwaggerModule.createDocument(app, config));
      expect(JSON.stringify(webhooks?.['a.live'])).toMatch(/x-tenant.*"500".*Broken/);
      expect(JSON.stringify(webhooks?.['order.paid'])).not.toMatch(/x-tenant|Broken|"500"|api/);
      expect(webhooks?.['order.paid']?.post?.security).toEqual([]);
    } finally {
      // Swagger keeps these for the whole process.
      for (const kind of ['Parameters', 'Responses']) {
        Reflect.get(globalThis, `SwaggerGlobal${kind}Storage`).clear();
      }
    }
  });

  it('is new, cheap to ask for again, and each a copy of its own', async () => {
    const app = await createApp({ providers: [Rich] });
    const document = SwaggerModule.createDocument(app, configuration().build());
    const before = structuredClone(document);
    const first = extend(app, BARE, document);
    expect(document).toEqual(before);
    const expected = structuredClone(first);
    for (const item of Object.values(first.webhooks ?? {})) {
      for (const operation of Object.values(item)) operation.parameters.length = 0;
    }
    Object.assign(first.components?.schemas?.['OrderDto'] ?? {}, { type: 'string' });
    expect(extend(app, { ...BARE }, document)).toEqual(expected);
    expect(extend(app, ENVELOPED, document)).not.toEqual(expected);

    let asked = 0;
    const operationIdFactory = (host: string, stub: string) => `${host}.${stub}.${++asked}`;
    const named = [1, 2].map(() => extend(app, BARE, document, { operationIdFactory }));
    expect(named[0]?.webhooks?.['order.paid']?.post?.operationId).toMatch(
      /^RichWebhooks\.orderPaid/,
    );
    expect(named[1]).toEqual(named[0]);
  });

  it('keeps what is there, hides what is excluded, and makes operation ids unique', async () => {
    const app = await createApp({ controllers: [ordersClass('a', 'x'), ordersClass('b', 'y')] });
    const { webhooks } = extend(app);
    expect(Object.keys(webhooks ?? {})).toEqual(['a.live', 'b.live', 'a', 'b']);
    expect(webhooks?.['a']?.post?.operationId).toBe('Orders_paid');
    expect(webhooks?.['b']?.post?.operationId).toBe('Orders_paid_2');
  });

  it('takes odd event types as keys', async () => {
    class Odd {
      @Webhook('__proto__')
      proto(): void {}
      @Webhook('constructor.toString')
      constructed(): void {}
    }
    const { webhooks } = await documentOf({ providers: [Odd] });
    expect(Object.keys(webhooks ?? {})).toEqual(['__proto__', 'constructor.toString']);
  });
});
