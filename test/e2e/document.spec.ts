import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DocumentBuilder, OpenAPIObject, OperationObject, SwaggerModule } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import {
  github,
  hmacHex,
  OpenApiVersionError,
  standardWebhooks,
  stripe,
  WebhooksModule,
  WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { ReceivedRequest, WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42, customer: { email: 'a@shop.example' } };

const SENT = [
  ['order.paid', 'post', ORDER],
  ['user.deleted', 'delete', { userId: 'u_1' }],
  ['shop.closed', 'post', undefined],
] as const;

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const cases: [string, WebhooksModuleOptions, string[]][] = [
  ['by default', {}, ['webhook-signature']],
  ['with the envelope', { envelope: 'standard' }, ['webhook-signature']],
  [
    'with other headers',
    {
      headerPrefix: 'x-shop-',
      signatures: [standardWebhooks(), hmacHex({ header: 'X-Hex' }), github(), stripe()],
    },
    ['x-shop-signature', 'x-hex', 'x-hub-signature-256', 'stripe-signature'],
  ],
];

function documentOf({ app }: ShopApp, version = '3.1.0'): OpenAPIObject {
  const config = new DocumentBuilder().setOpenAPIVersion(version).build();
  return WebhooksModule.extendDocument(app, SwaggerModule.createDocument(app, config));
}

/** Whether a received body is one that the document describes. */
function describes(document: OpenAPIObject, operation: OperationObject, body: Buffer): boolean {
  const described = operation.requestBody;
  if (!described || '$ref' in described) return body.length === 0;
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ $id: 'shop', components: document.components });
  const schema = JSON.stringify(described.content['application/json']?.schema);
  const validate = ajv.compile(JSON.parse(schema.replaceAll('"#/', '"shop#/')));
  return validate(JSON.parse(body.toString()));
}

function requiredHeaders({ parameters }: OperationObject): string[] {
  return (parameters ?? [])
    .filter((one) => 'in' in one && one.in === 'header' && one.required)
    .map((one) => ('name' in one ? one.name.toLowerCase() : ''));
}

describe('the document of a running shop', () => {
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });

  afterAll(() => receiver.close());

  describe.each(cases)('%s', (_name, options, signatures) => {
    let shop: ShopApp;
    let document: OpenAPIObject;

    beforeEach(async () => {
      receiver.requests.length = 0;
      shop = await startShop(options);
      document = documentOf(shop);
      await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], secret: SECRET });
    });

    afterEach(() => shop.app.close());

    it('describes the requests that are really sent', async () => {
      for (const [type, , payload] of SENT) await shop.webhooks.send(type, payload);
      const requests = await receiver.received(SENT.length);
      const prefix = options.headerPrefix ?? 'webhook-';
      for (const [type, method] of SENT) {
        const isOfType = ({ headers }: ReceivedRequest) => headers[`${prefix}event`] === type;
        const request = requests.find(isOfType);
        const operation = document.webhooks?.[type]?.[method];
        if (!request || !operation) throw new Error(`${type} is not both documented and sent`);

        const headers = requiredHeaders(operation);
        expect(headers.slice(0, 3)).toEqual(['id', 'timestamp', 'event'].map((n) => prefix + n));
        expect(headers.slice(3)).toEqual(signatures);
        expect(Object.keys(request.headers)).toEqual(expect.arrayContaining(headers));
        expect(request.method).toBe(method.toUpperCase());
        expect(describes(document, operation, request.body)).toBe(true);
        expect(describes(document, operation, Buffer.from('{"id":1}'))).toBe(false);
      }
    });
  });

  it('cannot be one of OpenAPI 3.0', async () => {
    const shop = await startShop();
    expect(() => documentOf(shop, '3.0.0')).toThrow(OpenApiVersionError);
    await shop.app.close();
  });
});
