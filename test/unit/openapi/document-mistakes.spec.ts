import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, Type } from '@nestjs/common';
import { ApiBody, ApiProperty, ApiSchema, ApiWebhook, SwaggerModule } from '@nestjs/swagger';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { closeApps, createApp, errorOf } from '../catalog/catalog.fixtures.js';
import { BARE, configuration, documentOf, extend } from './openapi.fixtures.js';
import { REFUND } from './rich.webhooks.js';

afterEach(closeApps);

/** A new class with this name and one property. */
function dto(name: string, property: string, type: unknown = String): Type {
  const made = { [name]: class {} }[name] ?? Object;
  Reflect.defineMetadata('design:type', type, made.prototype, property);
  ApiProperty()(made.prototype, property);
  return made;
}

function sending(name: string, type: string, body: Type): Type {
  const made = { [name]: class {} }[name] ?? Object;
  const descriptor = { value(_body: unknown): void {}, configurable: true };
  Object.defineProperty(made.prototype, 'stub', descriptor);
  Reflect.defineMetadata('design:paramtypes', [body], made.prototype, 'stub');
  Webhook(type)(made.prototype, 'stub', descriptor);
  return made;
}

async function mistakeOf(...providers: Type[]): Promise<string> {
  const app = await createApp({ providers });
  const error = errorOf(() => extend(app));
  return `${error.code}: ${error.message}`;
}

const OrderStub = sending('Orders', 'order.paid', dto('OrderDto', 'id'));

const conflict = (first: string, second: string) =>
  new RegExp(
    `^WEBHOOKS_SCHEMA_NAME_CONFLICT: ${first} and ${second} use .* "AddressDto"; rename .*\\)\\.$`,
  );

const using = (name: string, description: string) => {
  const made = { [name]: class {} }[name] ?? Object;
  ApiProperty({ enum: ['red'], enumName: 'Colour', description })(made.prototype, 'colour');
  return made;
};

const schemaOf = (document: Awaited<ReturnType<typeof documentOf>>) => {
  const body = document.webhooks?.['refund']?.post?.requestBody;
  return body && 'content' in body ? body.content['application/json']?.schema : undefined;
};

describe('extending a document', () => {
  it.each([['3.0.0'], ['3.2.0'], ['2.0'], [undefined], [null], [{}]])(
    'of OpenAPI %p is a mistake',
    async (version) => {
      const app = await createApp({ providers: [OrderStub] });
      const document = SwaggerModule.createDocument(app, configuration().build());
      Object.assign(document, { openapi: version });
      const error = errorOf(() => extend(app, BARE, document));
      expect(error.code).toBe('WEBHOOKS_OPENAPI_VERSION');
      expect(error.message).toMatch(/setOpenAPIVersion\('3\.1\.0'\)\.$/);
    },
  );

  it('twice, or with a live route of the same name, is a mistake', async () => {
    @Controller()
    class Live {
      @Post()
      @ApiWebhook('order.paid')
      paid(): void {}
    }
    const expected =
      /^Orders\.stub declares the webhook "order\.paid" with post, which the .*name\.$/;
    const live = await createApp({ providers: [OrderStub], controllers: [Live] });
    expect(errorOf(() => extend(live)).code).toBe('WEBHOOKS_DOCUMENT_CLASH');
    expect(errorOf(() => extend(live)).message).toMatch(expected);
    const app = await createApp({ providers: [OrderStub] });
    expect(errorOf(() => extend(app, BARE, extend(app))).message).toMatch(expected);
  });

  it('with a wrong declaration is that mistake', async () => {
    expect(await mistakeOf(sending('Wrong', 'a..b', OrderStub))).toContain(
      'WEBHOOKS_INVALID_EVENT_TYPE: Wrong.stub',
    );
  });
});

describe('two schemas of one name', () => {
  const Street = dto('AddressDto', 'street');
  const City = dto('AddressDto', 'city');

  it('in two stubs are a mistake, also deep inside', async () => {
    const first = sending('First', 'a', Street);
    expect(await mistakeOf(first, sending('Second', 'b', City))).toMatch(
      conflict('First.stub', 'Second.stub'),
    );
    const deep = sending('Second', 'b', dto('UserDto', 'address', City));
    expect(await mistakeOf(first, deep)).toMatch(conflict('First.stub', 'Second.stub'));
  });

  it('in one body are a mistake', async () => {
    const body = dto('UserDto', 'home', Street);
    Reflect.defineMetadata('design:type', City, body.prototype, 'work');
    ApiProperty()(body.prototype, 'work');
    const answer = await mistakeOf(sending('Users', 'a', body));
    expect(answer).toMatch(conflict('Users.stub', 'Users.stub'));
  });

  it('in a stub and the rest of the document are a mistake', async () => {
    @Controller()
    class Live {
      @Post()
      @ApiBody({ type: Street })
      post(@Body() _body: object): void {}
    }
    const app = await createApp({ controllers: [Live], providers: [sending('Users', 'a', City)] });
    const error = errorOf(() => extend(app));
    expect(`${error.code}: ${error.message}`).toMatch(conflict('The document', 'Users.stub'));
  });

  it('that are the same are none, nor are two classes told apart by @ApiSchema()', async () => {
    const [one, other] = [dto('AddressDto', 'street'), dto('AddressDto', 'street')];
    const Named = dto('AddressDto', 'city');
    ApiSchema({ name: 'CityDto' })(Named);
    const stubs = [one, other, Named].map((body, at) => sending(`Stub${at}`, `type.${at}`, body));
    const { components } = await documentOf({ providers: stubs });
    expect(Object.keys(components?.schemas ?? {})).toEqual(['AddressDto', 'CityDto']);
  });

  it('of two enums in one body are a mistake', async () => {
    const body = dto('CarDto', 'id');
    ApiProperty({ enum: ['red'], enumName: 'AddressDto' })(body.prototype, 'body');
    ApiProperty({ enum: ['blue'], enumName: 'AddressDto', isArray: true })(body.prototype, 'seats');
    expect(await mistakeOf(sending('Cars', 'a', body))).toMatch(conflict('Cars.stub', 'Cars.stub'));
  });

  it('that are one enum, described where it is used, are none', async () => {
    const first = sending('First', 'a', using('CarDto', 'Of the car'));
    const second = sending('Second', 'b', using('BikeDto', 'Of the bike'));
    const { components } = await documentOf({ providers: [first, second] });
    expect(components?.schemas).toHaveProperty('Colour');
  });
});

describe('a Standard Schema without JSON Schema', () => {
  const { jsonSchema: _jsonSchema, ...standard } = REFUND['~standard'];
  const silent = { '~standard': standard };

  class Refunds {
    @Webhook('refund')
    refund(@Body({ schema: silent }) _body: unknown): void {}
  }
  class Described {
    @Webhook('refund')
    @ApiBody({ schema: { type: 'object', title: 'Refund' } })
    refund(@Body({ schema: silent }) _body: unknown): void {}
  }

  it('is a mistake, unless it is described or converted', async () => {
    expect(await mistakeOf(Refunds)).toMatch(
      /^WEBHOOKS_UNDOCUMENTED_BODY: Refunds\.refund .*@ApiBody\(\{ schema \}\).*\.$/,
    );
    const described = await documentOf({ providers: [Described] });
    expect(schemaOf(described)).toEqual({ type: 'object', title: 'Refund' });

    const app = await createApp({ providers: [Refunds] });
    const options = { standardSchemaConverter: () => ({ schema: { type: 'object', title: 'R' } }) };
    const document = SwaggerModule.createDocument(app, configuration().build(), options);
    const converted = extend(app, BARE, document, options);
    expect(schemaOf(converted)).toEqual({ type: 'object', title: 'R' });
    expect(converted.components?.schemas).not.toHaveProperty('Object');
  });
});
