import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Headers, Type } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { array, assert, property, stringMatching } from 'fast-check';
import { isEventType, isEventTypePattern, patternsOf } from '../../../lib/catalog/event-type.js';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { closeApps, createApp, createCatalog, errorOf } from './catalog.fixtures.js';

afterEach(closeApps);

interface Erased {
  id: string;
}

class ItemDto {
  id!: string;
}

class OtherDto {
  id!: string;
}

const schema = {
  '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) },
};

async function mistakeOf(...providers: Type[]): Promise<string> {
  const catalog = await createCatalog({ providers });
  const error = errorOf(() => catalog.list());
  return `${error.code}: ${error.message}`;
}

function declaring(...args: unknown[]): Type {
  class Stubs {
    stub(): void {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Stubs.prototype, 'stub');
  const decorator: MethodDecorator = Reflect.apply(Webhook, undefined, args);
  decorator(Stubs.prototype, 'stub', descriptor ?? {});
  return Stubs;
}

describe('the body', () => {
  class Bodies {
    @Webhook('none')
    none(): void {}
    @Webhook('bare')
    bare(_body: ItemDto): void {}
    @Webhook('after')
    after(@Headers('x') _x: string, _body: ItemDto): void {}
    @Webhook('decorated')
    decorated(_other: OtherDto, @Body() _body: ItemDto): void {}
    @Webhook('only-headers')
    onlyHeaders(@Headers('x') _x: string): void {}
    @Webhook('api.one')
    @ApiBody({ type: ItemDto })
    apiOne(_body: Erased): void {}
    @Webhook('api.many')
    @ApiBody({ type: [ItemDto] })
    apiMany(_body: ItemDto[]): void {}
    @Webhook('api.flag')
    @ApiBody({ type: ItemDto, isArray: true })
    apiFlag(@Body() _body: unknown): void {}
    @Webhook('api.lazy')
    @ApiBody({ type: () => [ItemDto] })
    apiLazy(_body: unknown): void {}
    @Webhook('api.silent')
    @ApiBody({ description: 'an item' })
    apiSilent(_body: ItemDto): void {}
    @Webhook('api.schema')
    @ApiBody({ schema: { type: 'object' } })
    apiSchema(_body: Erased): void {}
    @Webhook('api.text')
    @ApiBody({ type: String })
    apiText(_body: string): void {}
    @Webhook('schema')
    schema(@Body({ schema }) _body: Erased): void {}
  }

  it('is read from the parameter, @Body() and @ApiBody()', async () => {
    const catalog = await createCatalog({ providers: [Bodies] });
    const bodies = Object.fromEntries(catalog.list().map(({ type, body }) => [type, body]));
    const dto = { kind: 'dto', type: ItemDto, isArray: false };
    const many = { kind: 'dto', type: ItemDto, isArray: true };
    expect(bodies).toEqual({
      none: { kind: 'none' },
      bare: dto,
      after: dto,
      decorated: dto,
      'only-headers': { kind: 'none' },
      'api.one': dto,
      'api.many': many,
      'api.flag': many,
      'api.lazy': many,
      'api.silent': dto,
      'api.schema': { kind: 'described' },
      'api.text': { kind: 'described' },
      schema: { kind: 'schema', schema },
    });
  });

  it.each<[string, Type]>(
    Object.entries({
      Object,
      Array,
      String,
      Number,
      Boolean,
      Promise,
      Date,
      nothing: undefined,
    }).map(([name, type]) => {
      class Stubs {
        stub(_body: unknown): void {}
      }
      const descriptor = Object.getOwnPropertyDescriptor(Stubs.prototype, 'stub');
      Webhook('order.paid')(Stubs.prototype, 'stub', descriptor ?? {});
      Reflect.defineMetadata('design:paramtypes', [type], Stubs.prototype, 'stub');
      return [name, Stubs];
    }),
  )('of the erased type %s is a mistake', async (name, stubs) => {
    const mistake = await mistakeOf(stubs);
    expect(mistake).toMatch(/^WEBHOOKS_ERASED_BODY_TYPE: Stubs\.stub .*@ApiBody\(\)\.$/);
    expect(mistake).toContain(`only ${name} is left`);
  });

  it('without emitted types, or silently described, is a mistake', async () => {
    class Untyped {
      stub(_body: ItemDto): void {}
    }
    const descriptor = Object.getOwnPropertyDescriptor(Untyped.prototype, 'stub');
    Webhook('order.paid')(Untyped.prototype, 'stub', descriptor ?? {});
    class Silent {
      @Webhook('order.paid')
      @ApiBody({ description: 'an order' })
      stub(_body: Erased): void {}
    }
    expect(await mistakeOf(Untyped)).toContain('WEBHOOKS_ERASED_BODY_TYPE: Untyped.stub');
    expect(await mistakeOf(Silent)).toContain('WEBHOOKS_ERASED_BODY_TYPE: Silent.stub');
  });

  it('in parts, or twice, is a mistake', async () => {
    class Part {
      @Webhook('order.paid')
      stub(@Body('item') _item: ItemDto): void {}
    }
    class Twice {
      @Webhook('order.paid')
      stub(@Body() _one: ItemDto, @Body() _two: ItemDto): void {}
    }
    expect(await mistakeOf(Part)).toMatch(/^WEBHOOKS_INVALID_STUB: Part\.stub .*without a name\.$/);
    expect(await mistakeOf(Twice)).toMatch(/^WEBHOOKS_INVALID_STUB: Twice\.stub .*keep one/);
  });
});

describe('a mistake', () => {
  it.each([
    [undefined],
    [null],
    [''],
    ['a..b'],
    ['a b'],
    ['.a'],
    ['a.'],
    ['ä'],
    [Symbol('x')],
    [{}],
  ])('in the event type %p', async (type) => {
    expect(await mistakeOf(declaring(type))).toMatch(
      /^WEBHOOKS_INVALID_EVENT_TYPE: Stubs\.stub .*name it with segments of .*\.$/,
    );
  });

  it.each([['get'], ['POST'], [null], [7], [{}]])('in the method %p', async (method) => {
    expect(await mistakeOf(declaring('order.paid', method))).toMatch(
      /^WEBHOOKS_INVALID_METHOD: Stubs\.stub .*post, put, patch, delete\.$/,
    );
  });

  it('in a reserved name', async () => {
    expect(await mistakeOf(declaring('webhook.ping'))).toMatch(
      /^WEBHOOKS_RESERVED_EVENT_TYPE: Stubs\.stub .*another name\.$/,
    );
    const catalog = await createCatalog({ providers: [declaring('webhooks.ping')] });
    expect(catalog.list()).toHaveLength(1);
  });

  it('in two stubs of one event type and method, or one stub of two subclasses', async () => {
    class Other {
      @Webhook('order.paid')
      paid(): void {}
    }
    const Stubs = declaring('order.paid');
    const expected = /^WEBHOOKS_DUPLICATE_WEBHOOK: Stubs\.stub and Other\.paid .*method\.$/;
    expect(await mistakeOf(Stubs, Other)).toMatch(expected);
    class Left extends Other {}
    class Right extends Other {}
    expect(await mistakeOf(Left, Right)).toContain('Left.paid and Right.paid');
  });

  it('in where @Webhook() stands', async () => {
    const key = Symbol('paid');
    class Repeated {
      @Webhook('order.paid')
      @Webhook('order.gone')
      stub(): void {}
    }
    class Static {
      @Webhook('order.paid')
      static stub(): void {}
    }
    class Accessor {
      @Webhook('order.paid')
      get stub(): number {
        return 1;
      }
    }
    class Symbolic {
      @Webhook('order.paid')
      [key](): void {}
    }
    const start = /^WEBHOOKS_INVALID_STUB: /;
    for (const host of [Repeated, Static, Accessor, Symbolic]) {
      expect(await mistakeOf(host)).toMatch(start);
    }
    expect(await mistakeOf(Repeated)).toMatch(/Repeated\.stub carries @Webhook\(\) twice; write/);
    expect(await mistakeOf(Static)).toMatch(/Static\.stub .*a static method; put it/);
  });

  it('stops the app at start', async () => {
    const app = await createApp({ providers: [declaring('a..b')] });
    await expect(app.init()).rejects.toMatchObject({ code: 'WEBHOOKS_INVALID_EVENT_TYPE' });
  });
});

describe('event types', () => {
  const segment = stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const types = array(segment, { minLength: 1, maxLength: 8 }).map((segments) =>
    segments.join('.'),
  );

  it('are matched by exactly the patterns that subscriptions can have', () => {
    expect(patternsOf('a.b.c')).toEqual(['a.b.c', 'a.b.*', 'a.*', '*']);
    expect(patternsOf('a')).toEqual(['a', '*']);
    assert(
      property(types, (type) => {
        const patterns = patternsOf(type);
        expect(isEventType(type)).toBe(true);
        expect(patterns.every(isEventTypePattern)).toBe(true);
        expect(patterns).toHaveLength(type.split('.').length + 1);
        for (const pattern of patterns) {
          expect(pattern === type || type.startsWith(pattern.slice(0, -1))).toBe(true);
        }
      }),
    );
  });

  it('have at most 128 characters', () => {
    expect(isEventType('a'.repeat(128))).toBe(true);
    expect(isEventType('a'.repeat(129))).toBe(false);
    expect(isEventTypePattern(`${'a'.repeat(126)}.*`)).toBe(true);
    expect(isEventTypePattern(`${'a'.repeat(127)}.*`)).toBe(false);
  });
});
