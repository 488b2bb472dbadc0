import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Body, ModuleMetadata, Type } from '@nestjs/common';
import { ApiBody, ApiExcludeEndpoint, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { EventTypeDescriber } from '../../../lib/openapi/event-type.describer.js';
import type { EventTypeInfo } from '../../../lib/openapi/event-type.info.js';
import { closeApps, createCatalog, errorOf } from '../catalog/catalog.fixtures.js';
import { REFUND, richClass } from './rich.webhooks.js';

afterEach(closeApps);

type Envelope = 'none' | 'standard';

async function describerOf(
  metadata: ModuleMetadata,
  envelope: Envelope = 'none',
): Promise<EventTypeDescriber> {
  return new EventTypeDescriber(await createCatalog(metadata), envelope);
}

function entry(
  infos: readonly EventTypeInfo[],
  name: string,
  method: EventTypeInfo['method'] = 'post',
): EventTypeInfo {
  const found = infos.find((one) => one.name === name && one.method === method);
  if (!found) throw new Error(`${name} is not described`);
  return found;
}

function accepts({ schema }: EventTypeInfo, body: unknown): boolean {
  if (!schema) throw new Error('there is no schema');
  const ajv = new Ajv2020({ strict: true, strictTypes: false });
  formats.default(ajv);
  ajv.addFormat('iban', /^[A-Z]{2}\d+$/);
  return ajv.compile(schema)(body);
}

const ORDER = {
  id: 'ord_1',
  currency: 'EUR',
  lines: [{ sku: 's', quantity: 1 }],
  category: { name: 'books', parent: { name: 'all', parent: null } },
  paidAt: '2025-01-01T00:00:00.000Z',
  payment: { kind: 'card', lastDigits: '4242' },
};

const VALID: readonly (readonly [string, EventTypeInfo['method'], unknown])[] = [
  ['category.changed', 'put', ORDER.category],
  ['order.paid', 'patch', { id: 'ord_1', currency: 'USD' }],
  ['order.paid', 'post', ORDER],
  ['order.raw', 'post', { any: 'thing' }],
  ['order.refunded', 'post', { amount: 1 }],
  ['orders.imported', 'post', [{ id: 'ord_1', currency: 'USD' }]],
];

/** A new class of always the same name, with one property. */
function addressDto(property: string): Type {
  class AddressDto {}
  Reflect.defineMetadata('design:type', String, AddressDto.prototype, property);
  ApiProperty()(AddressDto.prototype, property);
  return AddressDto;
}

const convert = () => ({ schema: { type: 'object', title: 'R' } });

const wrap = (type: string, data: unknown) => ({ type, timestamp: ORDER.paidAt, data });

describe('the described event types', () => {
  const Rich = richClass(Webhook);

  it('are one entry for each event type and method, as the document has them', async () => {
    const infos = (await describerOf({ providers: [Rich] })).describe();
    expect(infos.map(({ name, method }) => `${name} ${method}`)).toEqual([
      'cache.emptied delete',
      'category.changed put',
      'order.paid post',
      'order.paid patch',
      'order.raw post',
      'order.refunded post',
      'orders.imported post',
    ]);
    expect(entry(infos, 'order.paid')).toMatchObject({
      summary: 'An order was paid',
      description: 'Sent once.',
      deprecated: false,
      example: { id: 'ord_1' },
    });
    expect(entry(infos, 'category.changed', 'put')).toMatchObject({
      description: '',
      deprecated: true,
    });
    const nothing = entry(infos, 'cache.emptied', 'delete');
    expect(nothing.schema).toBeNull();
    expect(nothing).not.toHaveProperty('example');
  });

  it.each(['none', 'standard'] as const)(
    'have schemas that stand alone, envelope %s',
    async (envelope) => {
      const infos = (await describerOf({ providers: [Rich] }, envelope)).describe();
      for (const [name, method, payload] of VALID) {
        const info = entry(infos, name, method);
        const body = envelope === 'none' ? payload : wrap(name, payload);
        expect({ name, accepted: accepts(info, body) }).toEqual({ name, accepted: true });
        expect({ name, accepted: accepts(info, 'text') }).toEqual({ name, accepted: false });
        expect(JSON.stringify(info)).not.toContain('#/components');
      }
      const paid = entry(infos, 'order.paid');
      expect(accepts(paid, paid.example)).toBe(true);
      const lame = { ...ORDER, payment: { kind: 'cash' } };
      expect(accepts(paid, envelope === 'none' ? lame : wrap('order.paid', lame))).toBe(false);
    },
  );

  it('have the envelope in their schemas, also around nothing', async () => {
    const infos = (await describerOf({ providers: [Rich] }, 'standard')).describe();
    const paid = entry(infos, 'order.paid');
    expect(accepts(paid, ORDER)).toBe(false);
    expect(accepts(paid, wrap('order.gone', ORDER))).toBe(false);
    const empty = entry(infos, 'cache.emptied', 'delete');
    expect(accepts(empty, { type: 'cache.emptied', timestamp: ORDER.paidAt })).toBe(true);
  });

  it('hold the declared example, as it is sent, and the deprecation', async () => {
    class Stubs {
      @Webhook('a', 'post', { example: { at: new Date(0) }, deprecated: true })
      @ApiBody({ schema: {}, examples: { first: { value: 1 } } })
      both(_body: unknown): void {}
      @Webhook('b')
      @ApiOperation({ deprecated: true })
      @ApiBody({ schema: {}, examples: { first: { value: { a: 1 } }, second: { value: 2 } } })
      theirs(_body: unknown): void {}
    }
    const infos = (await describerOf({ providers: [Stubs] }, 'standard')).describe();
    expect(entry(infos, 'a')).toMatchObject({
      deprecated: true,
      example: { type: 'a', data: { at: '1970-01-01T00:00:00.000Z' } },
    });
    expect(entry(infos, 'b')).toMatchObject({
      deprecated: true,
      example: { type: 'b', data: { a: 1 } },
    });
  });

  it('leave out what is hidden from the document', async () => {
    class Stubs {
      @Webhook('internal')
      @ApiExcludeEndpoint()
      internal(): void {}
      @Webhook('shown')
      shown(): void {}
    }
    const infos = (await describerOf({ providers: [Stubs] })).describe();
    expect(infos.map(({ name }) => name)).toEqual(['shown']);
  });

  it('may use different classes of one name, each in its own schema', async () => {
    const [Street, City] = [addressDto('street'), addressDto('city')];
    class Stubs {
      @Webhook('a')
      @ApiBody({ type: Street })
      a(_body: unknown): void {}
      @Webhook('b')
      @ApiBody({ type: City })
      b(_body: unknown): void {}
    }
    const infos = (await describerOf({ providers: [Stubs] })).describe();
    expect(accepts(entry(infos, 'a'), { street: '' })).toBe(true);
    expect(accepts(entry(infos, 'b'), { street: '' })).toBe(false);
  });

  it('need a converter for a Standard Schema that cannot describe itself', async () => {
    const { jsonSchema: _jsonSchema, ...standard } = REFUND['~standard'];
    class Stubs {
      @Webhook('refund')
      refund(@Body({ schema: { '~standard': standard } }) _body: unknown): void {}
    }
    const describer = await describerOf({ providers: [Stubs] });
    expect(errorOf(() => describer.describe()).code).toBe('WEBHOOKS_UNDOCUMENTED_BODY');
    const infos = describer.describe({ standardSchemaConverter: convert });
    expect(entry(infos, 'refund').schema).toMatchObject({ type: 'object', title: 'R' });
  });

  it('are made when first asked for, once, and cannot be changed', async () => {
    const catalog = await createCatalog({ providers: [Rich] });
    const list = jest.spyOn(catalog, 'list');
    const describer = new EventTypeDescriber(catalog, 'none');
    expect(list).not.toHaveBeenCalled();
    const infos = describer.describe();
    expect(describer.describe()).toBe(infos);
    expect(describer.describe({})).toBe(infos);
    expect(list).toHaveBeenCalledTimes(1);
    const { schema } = entry(infos, 'order.paid');
    expect(Reflect.set(schema ?? {}, 'type', 'string')).toBe(false);
    expect(Reflect.set(infos, 0, null)).toBe(false);
  });
});
