import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { INestApplication, Injectable, LoggerService, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  fixed,
  OnWebhookNotification,
  WebhookService,
  WebhooksModule,
  type WebhookNotifications,
  type WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { ShopModule } from './fixtures/shop.js';
import { LOOPBACK, until } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

@Injectable()
class Ear {
  readonly heard: [string, object][] = [];

  @OnWebhookNotification('delivery.succeeded')
  onSuccess(notification: WebhookNotifications['delivery.succeeded']): void {
    this.heard.push(['delivery.succeeded', notification]);
  }

  @OnWebhookNotification('attempt.failed')
  onFailure(notification: WebhookNotifications['attempt.failed']): void {
    this.heard.push(['attempt.failed', notification]);
  }

  @OnWebhookNotification('delivery.exhausted')
  onExhausted(notification: WebhookNotifications['delivery.exhausted']): void {
    this.heard.push(['delivery.exhausted', notification]);
  }

  @OnWebhookNotification('subscription.disabled')
  onDisabled(notification: WebhookNotifications['subscription.disabled']): void {
    this.heard.push(['subscription.disabled', notification]);
  }

  @OnWebhookNotification('subscription.recovered')
  onRecovered(notification: WebhookNotifications['subscription.recovered']): void {
    this.heard.push(['subscription.recovered', notification]);
  }

  @OnWebhookNotification('secret.rotated')
  onRotated(notification: WebhookNotifications['secret.rotated']): void {
    this.heard.push(['secret.rotated', notification]);
  }
}

@Injectable()
class Grumbler {
  @OnWebhookNotification('attempt.failed')
  throws(): void {
    throw new Error('listener canary');
  }

  @OnWebhookNotification('attempt.failed')
  async rejects(): Promise<void> {
    throw new Error('listener canary');
  }
}

@Module({ providers: [Ear, Grumbler] })
class HooksModule {}

class Recorder implements LoggerService {
  readonly lines: unknown[] = [];
  log = (line: unknown): void => void this.lines.push(line);
  warn = (line: unknown): void => void this.lines.push(line);
  error = (line: unknown): void => void this.lines.push(line);
}

describe('notifications', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let app: INestApplication;
  let webhooks: WebhookService;
  let log: Recorder;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
    log = new Recorder();
  });

  afterEach(async () => {
    await app.close();
    await receiver.close();
  });

  async function start(options: WebhooksModuleOptions = {}): Promise<void> {
    const module = await Test.createTestingModule({
      imports: [
        ShopModule,
        HooksModule,
        WebhooksModule.forRoot({ clock, egress: LOOPBACK, retry: fixed([1_000], 0), ...options }),
      ],
    })
      .setLogger(log)
      .compile();
    app = module.createNestApplication();
    await app.init();
    webhooks = app.get(WebhookService);
  }

  const heard = (): string[] => app.get(Ear).heard.map(([name]) => name);
  const hears = (...names: string[]): Promise<void> => until(() => heard().length >= names.length);

  describe('to listeners', () => {
    it('tell of attempts, deliveries and recovery, in spite of failing listeners', async () => {
      receiver.next(500);
      await start();
      const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      const { eventId } = await webhooks.send('order.paid', ORDER);
      await hears('attempt.failed');
      await clock.advance(1_000);
      await hears('attempt.failed', 'delivery.succeeded', 'subscription.recovered');
      expect(heard()).toEqual(['attempt.failed', 'delivery.succeeded', 'subscription.recovered']);
      expect(app.get(Ear).heard[0]![1]).toEqual({
        tenant: 'default',
        subscriptionId: id,
        deliveryId: expect.stringMatching(/^dlv_/),
        eventId,
        eventType: 'order.paid',
        attempt: 1,
        outcome: 'http',
        status: 500,
        nextAttemptAt: new Date(clock.now()),
        at: new Date(clock.now() - 1_000),
      });
      const complaints = log.lines.filter((line) => String(line).includes('Grumbler'));
      expect(complaints).toHaveLength(2);
      expect(String(complaints)).not.toContain('canary');
    });

    it('tell of what ended, who was disabled and why, and a new secret', async () => {
      receiver.next(500, 500, 410);
      await start();
      const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      await webhooks.subscriptions.rotateSecret(id);
      await webhooks.send('order.paid', ORDER);
      await hears('secret.rotated', 'attempt.failed');
      await clock.advance(1_000);
      await hears('secret.rotated', 'attempt.failed', 'attempt.failed', 'delivery.exhausted');
      await webhooks.send('order.paid', ORDER);
      await until(() => heard().includes('subscription.disabled'));
      expect(heard()).toEqual([
        'secret.rotated',
        'attempt.failed',
        'attempt.failed',
        'delivery.exhausted',
        'attempt.failed',
        'delivery.exhausted',
        'subscription.disabled',
      ]);
      expect(app.get(Ear).heard.at(-1)![1]).toMatchObject({ subscriptionId: id, reason: 'gone' });
      await webhooks.subscriptions.enable(id);
      await webhooks.subscriptions.disable(id);
      await webhooks.subscriptions.disable(id);
      await hears(...heard(), 'subscription.disabled');
      await webhooks.subscriptions.enable(id);
      expect(app.get(Ear).heard.slice(7)).toEqual([
        ['subscription.disabled', expect.objectContaining({ reason: 'manual' })],
      ]);
    });

    it('go to the operator as webhooks, but not those about his own', async () => {
      const operator = await WebhookReceiver.start();
      receiver.otherwise(410);
      await start({ operator: { tenant: 'ops' }, retry: fixed([]) });
      const ops = { url: operator.url, eventTypes: ['webhook.*'] };
      await webhooks.subscribe(ops, { tenant: 'ops' });
      await expect(webhooks.subscribe(ops)).rejects.toMatchObject({
        code: 'WEBHOOKS_UNKNOWN_EVENT_TYPE',
      });
      const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      await webhooks.send('order.paid', ORDER);
      const requests = await operator.received(2);
      const sent = requests.map(({ headers, body }) => [
        headers['webhook-event'],
        JSON.parse(body.toString()),
      ]);
      expect(Object.fromEntries(sent)).toMatchObject({
        'webhook.delivery.exhausted': { subscriptionId: id, reason: expect.any(String) },
        'webhook.subscription.disabled': { subscriptionId: id, reason: 'gone' },
      });
      operator.otherwise(410);
      const gone = await webhooks.subscribe({ ...ops, eventTypes: ['*'] }, { tenant: 'ops' });
      await webhooks.subscriptions.ping(gone.id, { tenant: 'ops' });
      await until(() => heard().filter((name) => name === 'subscription.disabled').length === 2);
      await clock.advance(1_000);
      expect(operator.requests).toHaveLength(3);
      await operator.close();
    });
  });

  describe('the line per attempt', () => {
    it.each([
      ['none', 0],
      ['failures', 1],
      ['all', 2],
    ] as const)('attemptLog: %s', async (attemptLog, count) => {
      receiver.next(500);
      await start({ attemptLog });
      const { secret } = await webhooks.subscribe({
        url: `${receiver.url}path-canary`,
        eventTypes: ['*'],
        headers: { 'x-key': 'header-canary' },
      });
      await webhooks.send('order.paid', { id: 'payload-canary', total: 1 });
      await hears('attempt.failed');
      await clock.advance(1_000);
      await hears('attempt.failed', 'delivery.succeeded');
      const lines = log.lines.filter((line) => typeof line === 'object');
      expect(lines).toHaveLength(count);
      const text = JSON.stringify(log.lines);
      for (const hidden of [secret, 'canary', '127.0.0.1']) expect(text).not.toContain(hidden);
      const failure = {
        message: 'webhook attempt failed',
        eventType: 'order.paid',
        attempt: 1,
        outcome: 'http',
        status: 500,
        delivery: 'pending',
        nextAttemptIn: 1_000,
      };
      expect(lines.slice(0, 1)).toMatchObject(count === 0 ? [] : [failure]);
    });
  });
});
