import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { toJsonSchema } from '../../../lib/openapi/json.schema.js';
import type { Schemas } from '../../../lib/openapi/documented.stub.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const COMPONENTS: Schemas = {
  Order: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', example: 'ord_1' },
      lines: { type: 'array', items: ref('Line') },
      // A property may have the name of a keyword.
      example: { type: 'integer' },
      $ref: { type: 'boolean' },
      discriminator: { type: 'string', xml: { name: 'd' } },
    },
    additionalProperties: false,
  },
  Line: { type: 'object', properties: { within: ref('Order') }, not: ref('Void') },
  Void: { type: 'object', required: ['void'], properties: { void: {} } },
  Unused: { type: 'object' },
};

const accepts = (schema: object, value: unknown): boolean =>
  new Ajv2020({ strict: true }).compile(schema)(value);

describe('a JSON Schema of a component', () => {
  it('holds what it refers to, however deep, and nothing else', () => {
    const schema = toJsonSchema(ref('Order'), COMPONENTS);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $ref: '#/$defs/Order',
    });
    expect(Object.keys(schema['$defs'] ?? {}).sort()).toEqual(['Line', 'Order', 'Void']);
    expect(JSON.stringify(schema)).not.toContain('#/components');
    const order = { id: 'a', example: 1, $ref: true, discriminator: '' };
    expect(accepts(schema, { ...order, lines: [{ within: order }] })).toBe(true);
    for (const wrong of [
      { lines: [] },
      { ...order, example: 'text' },
      { ...order, $ref: 'text' },
      { ...order, discriminator: 7 },
      { ...order, lines: [{ void: 1 }] },
      { ...order, lines: [{ within: {} }] },
    ]) {
      expect(accepts(schema, wrong)).toBe(false);
    }
  });

  it('leaves out what no JSON Schema has, and keeps data as it is', () => {
    const data = { $ref: '#/components/schemas/Order', xml: 1, example: 2 };
    const schema = toJsonSchema(
      {
        oneOf: [ref('Line'), { const: data, example: data, 'x-internal': true }],
        discriminator: { propertyName: 'kind', mapping: { line: '#/components/schemas/Line' } },
        externalDocs: { url: '' },
        enum: [data],
        default: data,
        examples: [data],
        example: 'not this one',
      },
      { Line: { type: 'object' } },
    );
    expect(schema).toEqual({
      $schema: expect.any(String),
      oneOf: [{ $ref: '#/$defs/Line' }, { const: data, examples: [data] }],
      enum: [data],
      default: data,
      examples: [data],
      $defs: { Line: { type: 'object' } },
    });
  });

  it('keeps definitions of its own, and lets an unknown component be anything', () => {
    const schema = toJsonSchema(
      {
        $ref: '#/$defs/Own',
        $defs: { Own: { type: 'object', properties: { a: ref('Gone'), b: ref('Void') } } },
      },
      COMPONENTS,
    );
    expect(Object.keys(schema['$defs'] ?? {}).sort()).toEqual(['Gone', 'Own', 'Void']);
    expect(accepts(schema, { a: 1, b: { void: 1 } })).toBe(true);
    expect(accepts(schema, { b: {} })).toBe(false);
  });

  it('of no type accepts anything', () => {
    expect(accepts(toJsonSchema({}, {}), null)).toBe(true);
  });
});
