import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiBody, ApiOperation, ApiProperty, OpenAPIObject } from '@nestjs/swagger';
import { Expose, Type } from 'class-transformer';
import { Webhook } from '../../../lib/catalog/webhook.decorator.js';
import { closeApps, createApp, errorOf } from '../catalog/catalog.fixtures.js';
import { documentOf, ENVELOPED, extend } from './openapi.fixtures.js';

afterEach(closeApps);

class PaidDto {
  @ApiProperty()
  id!: string;

  @ApiProperty()
  @Expose({ name: 'paid_at', toPlainOnly: true })
  @Type(() => Date)
  paidAt!: Date;
}

const EXAMPLE = { id: 'ord_1', paidAt: new Date(0) };
const SENT = { id: 'ord_1', paid_at: '1970-01-01T00:00:00.000Z' };

class Stubs {
  @Webhook('plain', 'post', { example: EXAMPLE })
  plain(_body: PaidDto): void {}

  @Webhook('many', 'put', { example: [EXAMPLE, EXAMPLE] })
  @ApiBody({ type: [PaidDto] })
  many(_body: PaidDto[]): void {}

  @Webhook('named', 'post', { example: EXAMPLE })
  @ApiBody({ type: PaidDto, examples: { first: { value: { id: 'ord_0' } } } })
  named(_body: PaidDto): void {}

  @Webhook('described', 'post', { example: null })
  @ApiBody({
    schema: { type: 'object' },
    examples: { example: { value: { own: true } } },
  })
  described(_body: unknown): void {}

  @Webhook('none', 'post', { deprecated: false })
  none(): void {}
}

function mediaOf(
  { webhooks }: OpenAPIObject,
  type: string,
  method: 'post' | 'put' = 'post',
): object | undefined {
  const body = webhooks?.[type]?.[method]?.requestBody;
  return body && 'content' in body ? body.content['application/json'] : undefined;
}

describe('a declared example', () => {
  it('is shown as it is sent, beside what @ApiBody() says', async () => {
    const document = await documentOf({ providers: [Stubs] });
    expect(mediaOf(document, 'plain')).toMatchObject({ example: SENT });
    expect(mediaOf(document, 'many', 'put')).toMatchObject({ example: [SENT, SENT] });
    const named = mediaOf(document, 'named');
    expect(named).toMatchObject({
      examples: { example: { value: SENT }, first: { value: { id: 'ord_0' } } },
    });
    expect(named).not.toHaveProperty('example');
    expect(mediaOf(document, 'described')).toMatchObject({
      examples: { example: { value: { own: true } } },
    });
    expect(document.webhooks?.['none']?.post).not.toHaveProperty('requestBody');
  });

  it('is shown inside the envelope', async () => {
    const document = await documentOf({ providers: [Stubs] }, ENVELOPED);
    const timestamp: unknown = expect.any(String);
    expect(mediaOf(document, 'plain')).toHaveProperty('example', {
      type: 'plain',
      timestamp,
      data: SENT,
    });
    expect(mediaOf(document, 'named')).toHaveProperty('examples.example.value.data', SENT);
  });

  it('that JSON cannot hold is a mistake', async () => {
    class Broken {
      @Webhook('a', 'post', { example: { amount: 1n } })
      @ApiBody({ schema: {} })
      stub(_body: unknown): void {}
    }
    const app = await createApp({ providers: [Broken] });
    const error = errorOf(() => extend(app));
    expect(error.code).toBe('WEBHOOKS_INVALID_EXAMPLE');
    expect(error.message).toMatch(/^Broken\.stub declares an example .* as JSON; make it .*\.$/);
  });
});

describe('a deprecation', () => {
  it('is shown, whichever decorator declares it', async () => {
    class Deprecated {
      @Webhook('ours', 'post', { deprecated: true })
      @ApiOperation({ deprecated: false })
      ours(): void {}

      @Webhook('theirs', 'post', { deprecated: false })
      @ApiOperation({ deprecated: true })
      theirs(): void {}
    }
    const { webhooks } = await documentOf({ providers: [Deprecated, Stubs] });
    expect(webhooks?.['ours']?.post?.deprecated).toBe(true);
    expect(webhooks?.['theirs']?.post?.deprecated).toBe(true);
    expect(webhooks?.['none']?.post?.deprecated).not.toBe(true);
  });
});
