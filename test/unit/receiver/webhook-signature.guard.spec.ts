import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Param,
  Post,
  UseGuards,
  ValidationPipe,
  UsePipes,
} from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { Clock } from '../../../lib/platform/clock.js';
import { VerifyWebhook } from '../../../lib/receiver/verify-webhook.decorator.js';
import { WebhookSignatureGuard } from '../../../lib/receiver/webhook-signature.guard.js';
import { hmacHex } from '../../../lib/signing/hmac-hex.scheme.js';
import { InvalidSecretError } from '../../../lib/signing/invalid-secret.error.js';
import { sign } from '../../../lib/signing/sign.js';
import { WebhooksError } from '../../../lib/webhooks.error.js';
import { FORGERIES, ReferenceSender } from '../signing/support/forgeries.js';
import { VECTOR } from '../signing/support/vectors.js';
import { Answer, FixedClock, PLATFORMS, ReceiverApp } from './support/receiver.app.js';

const OTHER_SECRET = `whsec_${'C'.repeat(32)}`;
const TEXT_SECRET = 'a secret of a home-made sender';
const sender = new ReferenceSender(VECTOR.secret, VECTOR.timestamp);
const REFUSAL =
  '{"message":"The webhook could not be verified","error":"Unauthorized","statusCode":401}';

function expectRefusal(answer: Answer): void {
  expect(answer.body).toBe(REFUSAL);
  expect(answer.status).toBe(401);
}

@Controller()
@UseGuards(WebhookSignatureGuard)
@VerifyWebhook({ secret: VECTOR.secret, idempotency: false })
class HookController {
  @Post('hook')
  @HttpCode(200)
  @UsePipes(new ValidationPipe())
  posted(@Body() body: unknown): string {
    return `handled ${JSON.stringify(body)}`;
  }

  @Delete('hook')
  deleted(@Body() body: unknown): string {
    return `handled ${JSON.stringify(body)}`;
  }

  @Post('rotated')
  @VerifyWebhook({ secrets: [OTHER_SECRET, VECTOR.secret], headerPrefix: 'X-Hook-', bodyLimit: 64 })
  rotated(): string {
    return 'handled';
  }

  @Post('hex')
  @VerifyWebhook({ secret: TEXT_SECRET, scheme: hmacHex() })
  hex(): string {
    return 'handled';
  }

  @Post('asymmetric')
  @VerifyWebhook({ secret: VECTOR.publicKey })
  asymmetric(): string {
    return 'handled';
  }

  @Post('tenants/:tenant')
  @VerifyWebhook<{ params: { tenant: string } }>({
    resolver: async ({ params }) =>
      ({ a: VECTOR.secret, b: [OTHER_SECRET], empty: '', none: [], short: 'whsec_AAAA' })[
        params.tenant
      ],
  })
  tenant(@Param('tenant') tenant: string): string {
    return `handled ${tenant}`;
  }
}

@Controller()
class CarelessController {
  @Post('undecorated')
  @UseGuards(WebhookSignatureGuard)
  undecorated(): void {}

  @Post('unguarded')
  @VerifyWebhook({ secret: VECTOR.secret })
  unguarded(): void {}
}

describe.each(PLATFORMS)('WebhookSignatureGuard on %s', (platform) => {
  let app: ReceiverApp;

  beforeAll(async () => {
    const clock = new FixedClock(VECTOR.timestamp * 1000);
    app = await ReceiverApp.start(platform, [HookController, CarelessController], {
      providers: [{ provide: Clock, useValue: clock }],
    });
  });

  afterAll(() => app.stop());

  it('lets a correct request through', async () => {
    for (const at of [sender.now - 300, sender.now, sender.now + 300]) {
      const answer = await app.send(sender.signed({ at }));
      expect(answer).toMatchObject({ status: 200, body: 'handled {"test":2432232314}' });
    }
  });

  // What HTTP itself does not let through is left to the tests of verify().
  const SENDABLE = FORGERIES.filter(({ name }) => name !== 'id: not ASCII');

  it.each(SENDABLE)('answers the one 401 to $name', async ({ forge }) => {
    const { lines } = app.logger;
    lines.length = 0;
    const forged = forge(sender.signed(), sender);
    expectRefusal(await app.send(forged));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^debug Refused a webhook for HookController.posted: [a-z-]+ /);
  });

  it('answers neither 401 nor 5xx to what is no JSON', async () => {
    expect((await app.send({ ...sender.signed(), body: '{' })).status).toBe(400);
  });

  it.each(['text/plain', 'application/octet-stream', 'application/json-patch', 'x', ''])(
    'answers no 5xx to the content type %j',
    async (contentType) => {
      const { status } = await app.send(sender.signed(), { contentType });
      expect([401, 415]).toContain(status);
    },
  );

  it('verifies DELETE with a body and without', async () => {
    const request = sender.signed();
    const answer = await app.send(request, { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 200, body: 'handled {"test":2432232314}' });
    expectRefusal(await app.send({ ...request, body: '{}' }, { method: 'DELETE' }));
    const empty = sender.signed({ body: '' });
    expect((await app.send(empty, { method: 'DELETE', contentType: null })).status).toBe(200);
    expectRefusal(
      await app.send({ ...request, body: '' }, { method: 'DELETE', contentType: null }),
    );
  });

  it('verifies with any of the secrets, and a renamed header', async () => {
    const sending = { path: '/rotated', prefix: 'x-hook-' };
    for (const secret of [VECTOR.secret, OTHER_SECRET]) {
      const request = new ReferenceSender(secret, sender.now).signed({ id: secret });
      expect((await app.send(request, sending)).body).toBe('handled');
    }
    const unknown = new ReferenceSender(`whsec_${'D'.repeat(32)}`, sender.now);
    expectRefusal(await app.send(unknown.signed(), sending));
  });

  it('answers 413 to a large body before anything else', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(64) });
    const answer = await app.send({ ...sender.signed(), body }, { path: '/rotated' });
    expect(answer.status).toBe(413);
  });

  it('verifies the schemes of other senders', async () => {
    const body = '{"a": 1}';
    const signature = createHmac('sha256', TEXT_SECRET).update(body).digest('hex');
    const send = (value: string): Promise<Answer> =>
      app.send({ body }, { path: '/hex', headers: { 'X-Webhook-Signature': value } });
    expect((await send(signature)).status).toBe(201);
    expectRefusal(await send(signature.replace(/^./, 'g')));
  });

  it('verifies ed25519 with the public key', async () => {
    const { id, timestamp, body } = VECTOR;
    const headers = sign({ secret: VECTOR.privateKey, id, timestamp, body });
    expect((await app.send({ body }, { path: '/asymmetric', headers })).status).toBe(201);
    expectRefusal(
      await app.send({ body: '{"test": 2432232315}' }, { path: '/asymmetric', headers }),
    );
  });

  it('asks the resolver for the secrets', async () => {
    const ours = sender.signed();
    const others = new ReferenceSender(OTHER_SECRET, sender.now).signed();
    expect((await app.send(ours, { path: '/tenants/a' })).body).toBe('handled a');
    expect((await app.send(others, { path: '/tenants/b' })).body).toBe('handled b');
    expectRefusal(await app.send(others, { path: '/tenants/a' }));
    for (const tenant of ['unknown', 'empty', 'none']) {
      expectRefusal(await app.send(ours, { path: `/tenants/${tenant}` }));
    }
  });

  it.each([
    ['a resolver gives a short secret', '/tenants/short', 'InvalidSecretError'],
    ['the handler is not decorated', '/undecorated', 'CarelessController.undecorated'],
    ['no guard ran', '/unguarded', '@UseGuards(WebhookSignatureGuard)'],
  ])('is loud when %s', async (_, path, hint) => {
    const { lines } = app.logger;
    lines.length = 0;
    expect((await app.send(sender.signed(), { path })).status).toBe(500);
    expect(lines.join('\n')).toContain(hint);
    expect(lines.join('\n')).not.toContain('whsec_AAAA');
  });

  it('is loud when the application keeps no raw body', async () => {
    const careless = await ReceiverApp.start(platform, [HookController], { rawBody: false });
    try {
      const now = Math.floor(Date.now() / 1000);
      const signed = new ReferenceSender(VECTOR.secret, now).signed();
      expect((await careless.send(signed)).status).toBe(500);
      expect(careless.logger.lines.join('\n')).toContain('{ rawBody: true }');
    } finally {
      await careless.stop();
    }
  });
});

describe('VerifyWebhook', () => {
  it.each([
    ['an empty secret', { secret: '' }],
    ['a short secret', { secret: 'whsec_AAAA' }],
    ['no secrets', { secrets: [] }],
    ['an empty one of the secrets', { secrets: [VECTOR.secret, ''] }],
    ['a secret of another scheme', { secret: TEXT_SECRET }],
    ['no tolerance', { secret: VECTOR.secret, tolerance: Number.NaN }],
    ['no limit', { secret: VECTOR.secret, bodyLimit: 0 }],
    ['no header prefix', { secret: VECTOR.secret, headerPrefix: '' }],
    ['no time to remember', { secret: VECTOR.secret, idempotency: { ttl: 0 } }],
  ])('refuses %s when the class is defined', (_, options) => {
    expect(() => VerifyWebhook(options)).toThrow(WebhooksError);
  });

  it('refuses a secret that the environment does not hold', () => {
    const environment: { readonly WEBHOOK_SECRET: string } = JSON.parse('{}');
    const secret = environment.WEBHOOK_SECRET;
    expect(() => VerifyWebhook({ secret })).toThrow('Set it to a secret');
    expect(() => VerifyWebhook({ secrets: [secret] })).toThrow(InvalidSecretError);
  });
});
