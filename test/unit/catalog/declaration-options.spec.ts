import { afterEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { fixed } from '../../../lib/schedule/retry.schedules.js';
import { closeApps, createCatalog, errorOf } from './catalog.fixtures.js';

afterEach(closeApps);

const SCHEDULE = fixed([1_000, 60_000]);

/** A class whose stub has these options, also such as the compiler would refuse. */
function declaring(options: unknown): Type {
  class Stubs {
    stub(): void {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Stubs.prototype, 'stub') ?? {};
  const decorator: MethodDecorator = Reflect.apply(Webhook, undefined, ['a', 'post', options]);
  decorator(Stubs.prototype, 'stub', descriptor);
  return Stubs;
}

async function mistakeOf(options: unknown): Promise<string> {
  const catalog = await createCatalog({ providers: [declaring(options)] });
  const error = errorOf(() => catalog.list());
  return `${error.code}: ${error.message}`;
}

describe('the options of @Webhook()', () => {
  it('become fields of the definition, and only those given', async () => {
    const example = { id: 'ord_1' };
    class Stubs {
      @Webhook('old', 'put', { deprecated: true, example, retry: SCHEDULE })
      old(): void {}
      @Webhook('plain')
      plain(): void {}
      @Webhook('empty', 'post', {})
      empty(): void {}
    }
    const catalog = await createCatalog({ providers: [Stubs] });
    expect(catalog.find('old')).toMatchObject({ deprecated: true, retry: SCHEDULE });
    expect(catalog.find('old')?.example).toBe(example);
    const names = ['type', 'method', 'host', 'stub', 'body'];
    for (const type of ['plain', 'empty']) {
      expect(Object.keys(catalog.find(type) ?? {})).toEqual(names);
    }
  });

  it.each([[null], [7], ['deprecated'], [[]], [true]])('are no %p', async (options) => {
    expect(await mistakeOf(options)).toBe(
      'WEBHOOKS_INVALID_WEBHOOK_OPTION: Stubs.stub gives @Webhook() an invalid `options`; ' +
        'give an object, such as { deprecated: true }.',
    );
  });

  it.each([[null], ['yes'], [1], [{}]])('have no deprecated: %p', async (deprecated) => {
    expect(await mistakeOf({ deprecated })).toMatch(
      /^WEBHOOKS_INVALID_WEBHOOK_OPTION: Stubs\.stub .*`deprecated`; give true or false\.$/,
    );
  });

  it.each([
    [null],
    ['daily'],
    [[1_000]],
    [{}],
    [{ delays: [0], jitter: 0 }],
    [{ delays: [1_000], jitter: 2 }],
    [{ delays: Array<number>(100).fill(1), jitter: 0 }],
  ])('have no retry: %j', async (retry) => {
    expect(await mistakeOf({ retry })).toMatch(
      /^WEBHOOKS_INVALID_WEBHOOK_OPTION: Stubs\.stub .*`retry`; .*fixed\(\) or exponential\(\)/,
    );
  });
});

describe('the schedule of a webhook', () => {
  it('is that of its event type and method; none for what declares or is none', async () => {
    class Stubs {
      @Webhook('order.paid', 'post', { retry: SCHEDULE })
      paid(): void {}
      @Webhook('order.paid', 'put')
      replaced(): void {}
    }
    const catalog = await createCatalog({ providers: [Stubs] });
    expect(catalog.retryOf('order.paid', 'post')).toEqual(SCHEDULE);
    expect(catalog.retryOf('order.paid', 'put')).toBeUndefined();
    expect(catalog.retryOf('webhook.ping', 'post')).toBeUndefined();
  });
});
