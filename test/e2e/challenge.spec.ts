import {
  Body,
  Controller,
  Headers,
  HttpCode,
  Module,
  Param,
  Post,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  HostResolver,
  VerifyWebhook,
  WebhookService,
  WebhookSignatureGuard,
  WebhooksExceptionFilter,
  WebhooksModule,
  WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { createSecret } from 'nestjs-webhooks/signing';
import {
  FakeClock,
  ReceivedRequest,
  ReceiverBehaviour,
  WebhookReceiver,
} from 'nestjs-webhooks/testing';
import { ShopModule } from './fixtures/shop.js';
import { ChallengeStage, echo, ENABLED, tokenIn, UNVERIFIED } from './support/challenge.js';
import { HttpClient } from './support/http.client.js';
import { LOOPBACK } from './support/shop.app.js';

const stage = new ChallengeStage();
let receiver: WebhookReceiver;
beforeEach(async () => void (receiver = await stage.receive()));
afterEach(() => stage.clear());

const start = (options?: WebhooksModuleOptions) => stage.start(options);
const subscribe = (webhooks: WebhookService) => stage.subscribe(webhooks, receiver.url);

describe('a challenge', () => {
  it.each<[string, (request: ReceivedRequest) => string, WebhooksModuleOptions]>([
    ['plain text', tokenIn, {}],
    ['plain text with a line end', (request) => `${tokenIn(request)}\r\n`, {}],
    ['a JSON text', (request) => JSON.stringify(tokenIn(request)), {}],
    ['a JSON object', (request) => JSON.stringify({ ok: true, challenge: tokenIn(request) }), {}],
    ['what was sent, where answers are not read', echo, { answerLimit: 0, keepAnswers: 'none' }],
    ['what was sent, without axios', echo, { transport: 'direct' }],
    [
      'the token out of an envelope',
      (request) => (JSON.parse(echo(request)) as { data: { challenge: string } }).data.challenge,
      { envelope: 'standard' },
    ],
  ])('is answered by %s', async (_, body, options) => {
    const webhooks = await start(options);
    const { id } = await subscribe(webhooks);
    receiver.next({ status: 201, body });
    expect(await webhooks.subscriptions.verify(id)).toMatchObject(ENABLED);
  });

  it.each<[string, ReceiverBehaviour, string]>([
    ['no body', 204, 'answered 204 without the token'],
    ['another token', { status: 200, body: 'A'.repeat(43) }, 'answered 200 without the token'],
    [
      'the token among other text',
      { status: 200, body: (request) => `token: ${tokenIn(request)}` },
      'answered 200 without the token',
    ],
    [
      'the token in another place',
      { status: 200, body: (request) => JSON.stringify({ token: tokenIn(request) }) },
      'answered 200 without the token',
    ],
    ['null', { status: 200, body: 'null' }, 'answered 200 without the token'],
    [
      'the token behind more than is read',
      { status: 200, body: (request) => ' '.repeat(5_000) + tokenIn(request) },
      'answered 200 without the token',
    ],
    ['the token and 404', { status: 404, body: echo }, 'answered 404'],
    ['a redirect', { status: 307, headers: { location: '/' }, body: echo }, 'answered 307'],
    ['a cut connection', 'reset', 'The connection'],
  ])('is not answered by %s', async (_, behaviour, reason) => {
    const webhooks = await start();
    const { id } = await subscribe(webhooks);
    receiver.next(behaviour);
    const error: unknown = await webhooks.subscriptions.verify(id).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'WEBHOOKS_CHALLENGE_FAILED',
      reason: expect.stringContaining(reason) as unknown,
      message: expect.stringMatching(/`subscriptions\.verify\(\)` again\.$/) as unknown,
    });
    expect(String(error)).not.toContain('127.0.0.1');
    expect(receiver.requests).toHaveLength(1);
    expect(await webhooks.subscriptions.get(id)).toMatchObject(UNVERIFIED);
  });

  it('has a deadline', async () => {
    const clock = new FakeClock();
    const webhooks = await start({ clock, timeout: 20_000 });
    const { id } = await subscribe(webhooks);
    receiver.next('hang');
    const refused = webhooks.subscriptions.verify(id).catch((thrown: unknown) => thrown);
    await receiver.received(1);
    await clock.advance(20_000);
    expect(await refused).toMatchObject({
      code: 'WEBHOOKS_CHALLENGE_FAILED',
      reason: expect.stringContaining('time limit') as unknown,
    });
  });

  it('goes nowhere that the egress policy denies', async () => {
    class Inside extends HostResolver {
      async resolve() {
        return [{ address: '10.0.0.1', family: 4 } as const];
      }
    }
    const webhooks = await start({ resolver: new Inside() });
    const { id } = await stage.subscribe(webhooks, 'https://receiver.example/');
    const error: unknown = await webhooks.subscriptions.verify(id).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'WEBHOOKS_CHALLENGE_FAILED' });
    expect(String(error)).toContain('not at a public address');
    expect(String(error)).not.toContain('10.0.0.1');
  });

  it('has a new token each time', async () => {
    const webhooks = await start();
    const { id } = await subscribe(webhooks);
    receiver.next(500, { status: 200, body: () => tokenIn(receiver.requests[0]!) });
    for (let count = 0; count < 2; count++) {
      await expect(webhooks.subscriptions.verify(id)).rejects.toMatchObject({
        code: 'WEBHOOKS_CHALLENGE_FAILED',
      });
    }
    expect(tokenIn(receiver.requests[1]!)).not.toBe(tokenIn(receiver.requests[0]!));
    expect((await webhooks.deliveries.list()).items).toEqual([]);
  });

  it('enables no URL that it was not sent to', async () => {
    const webhooks = await start();
    const { id } = await subscribe(webhooks);
    const change = { url: `${receiver.url}other` };
    const after = () => webhooks.subscriptions.update(id, change);
    receiver.next({ status: 200, body: echo, after });
    await expect(webhooks.subscriptions.verify(id)).rejects.toMatchObject({
      reason: 'the URL was changed meanwhile',
    });
    expect(await webhooks.subscriptions.get(id)).toMatchObject({ ...change, ...UNVERIFIED });
  });

  it('counts as a ping', async () => {
    const webhooks = await start({ pingRate: 2, clock: new FakeClock() });
    const [first, second] = [await subscribe(webhooks), await subscribe(webhooks)];
    receiver.next({ status: 200, body: echo });
    await webhooks.subscriptions.verify(first.id);
    await webhooks.subscriptions.ping(first.id);
    await expect(webhooks.subscriptions.verify(second.id)).rejects.toMatchObject({
      code: 'WEBHOOKS_TOO_MANY_REQUESTS',
      option: 'pingRate',
    });
    await receiver.received(2);
    expect(await webhooks.subscriptions.verify(first.id)).toMatchObject(ENABLED);
    expect(receiver.requests).toHaveLength(2);
  });

  it('that fails, or is missing, is told over HTTP as 409', async () => {
    @Controller()
    @UseFilters(WebhooksExceptionFilter)
    class Managing {
      constructor(private readonly webhooks: WebhookService) {}

      @Post(':id/:call')
      call(@Param('id') id: string, @Param('call') call: 'enable' | 'verify') {
        return this.webhooks.subscriptions[call](id);
      }
    }
    const options = { challenge: true, egress: LOOPBACK };
    const module = await Test.createTestingModule({
      imports: [ShopModule, WebhooksModule.forRoot(options)],
      controllers: [Managing],
    }).compile();
    const app = module.createNestApplication();
    stage.atEnd(() => app.close());
    await app.listen(0, '127.0.0.1');
    const { id } = await subscribe(app.get(WebhookService));
    const http = new HttpClient(await app.getUrl());
    for (const [call, code] of [
      ['enable', 'WEBHOOKS_SUBSCRIPTION_UNVERIFIED'],
      ['verify', 'WEBHOOKS_CHALLENGE_FAILED'],
    ]) {
      const { status, body } = await http.request<object>('POST', `/${id}/${call}`);
      expect({ status, ...body }).toMatchObject({ status: 409, statusCode: 409, code });
    }
  });

  it('is answered by a handler behind the guard', async () => {
    const secret = createSecret();

    @Controller()
    @UseGuards(WebhookSignatureGuard)
    @VerifyWebhook({ secret })
    class Receiving {
      @Post()
      @HttpCode(200)
      receive(@Headers('webhook-event') eventType: string, @Body() body: unknown) {
        return eventType === 'webhook.challenge' ? body : null;
      }
    }

    @Module({ controllers: [Receiving] })
    class ReceiverModule {}

    const module = await Test.createTestingModule({ imports: [ReceiverModule] }).compile();
    const app = module.createNestApplication({ rawBody: true });
    stage.atEnd(() => app.close());
    await app.listen(0, '127.0.0.1');
    const webhooks = await start();
    const wanted = { url: await app.getUrl(), eventTypes: ['*'] };
    const other = await webhooks.subscribe(wanted);
    await expect(webhooks.subscriptions.verify(other.id)).rejects.toMatchObject({
      reason: 'the receiver answered 401',
    });
    const { id } = await webhooks.subscribe({ ...wanted, secret });
    expect(await webhooks.subscriptions.verify(id)).toMatchObject(ENABLED);
  });
});
