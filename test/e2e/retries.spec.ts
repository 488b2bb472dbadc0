import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Claimed,
  ClaimRequest,
  exponential,
  fixed,
  InMemoryWebhookStore,
  Randomness,
  WebhooksModuleOptions,
} from 'nestjs-webhooks';
import { verify } from 'nestjs-webhooks/signing';
import { attemptEnded, FakeClock, WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf, ShopApp, startShop } from './support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LADDER = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  ...[2, 5, 10, 14, 20, 24].map((h) => h * HOUR),
];

const answer = (retryAfter: string, status = 503) => ({
  status,
  headers: { 'retry-after': retryAfter },
});

class FixedRandomness extends Randomness {
  private count = 0;

  constructor(private readonly value: number) {
    super();
  }

  bytes(size: number): Uint8Array {
    this.count++;
    return Uint8Array.from({ length: size }, (_, index) => this.count + index);
  }

  fraction(): number {
    return this.value;
  }
}

describe('retries', () => {
  let clock: FakeClock;
  let receiver: WebhookReceiver;
  let shop: ShopApp;
  let secret: string;
  let subscriptionId: string;

  beforeEach(async () => {
    clock = new FakeClock();
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
  });

  async function start(options: WebhooksModuleOptions = {}): Promise<void> {
    shop = await startShop({ clock, sweepInterval: HOUR, ...options });
    const created = await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    secret = created.secret;
    subscriptionId = created.id;
  }

  async function send(): Promise<string> {
    const { eventId } = await shop.webhooks.send('order.paid', ORDER);
    return deliveryOf(shop.webhooks, eventId);
  }

  /** Plays a delivery to its end; gives the milliseconds between its attempts. */
  async function play(id: string): Promise<number[]> {
    for (let attempt = 1; ; attempt++) {
      const { attempts, nextAttemptAt } = await attemptEnded(shop.webhooks, id, attempt);
      const starts = attempts.map(({ startedAt }) => startedAt.getTime());
      if (nextAttemptAt === null) {
        return starts.slice(1).map((time, index) => time - starts[index]!);
      }
      await clock.advance(nextAttemptAt.getTime() - clock.now() - 1);
      expect(receiver.requests).toHaveLength(attempt);
      await clock.advance(1);
    }
  }

  it('tries ten times over 75 h 35 min, then gives up with a reason', async () => {
    receiver.otherwise(500);
    await start({ randomness: new FixedRandomness(0.5), disableAfter: 30 * DAY });
    const id = await send();
    expect(await play(id)).toEqual(LADDER);
    expect(LADDER.reduce((sum, delay) => sum + delay)).toBe(75 * HOUR + 35 * MINUTE + 5 * SECOND);
    const delivery = await shop.webhooks.deliveries.get(id);
    expect(delivery).toMatchObject({
      status: 'exhausted',
      reason: 'no try is left',
      attemptCount: 10,
      nextAttemptAt: null,
    });
    expect(delivery.attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('sends the same id and bytes each time, freshly timestamped and signed', async () => {
    receiver.next(500, 503, 404);
    await start();
    const id = await send();
    const gaps = await play(id);
    expect(gaps).toHaveLength(3);
    const requests = await receiver.received(4);
    const times = requests.map(({ headers, body }) => {
      const received = { secret, headers, body, now: clock.now(), tolerance: 9 * DAY };
      const { id: eventId, timestamp } = verify(received);
      expect(eventId).toBe(requests[0]!.headers['webhook-id']);
      expect(body).toEqual(requests[0]!.body);
      return timestamp!;
    });
    expect(new Set(times).size).toBe(4);
    const { attempts } = await shop.webhooks.deliveries.get(id);
    const starts = attempts.map(({ startedAt }) => Math.floor(startedAt.getTime() / 1_000));
    expect(times).toEqual(starts);
  });

  it.each([
    [0, 0.8],
    [0.999999, 1.2],
  ])('varies each delay by up to a fifth: random %d', async (random, factor) => {
    receiver.otherwise(500);
    await start({ randomness: new FixedRandomness(random), retry: fixed([10_000, 100_000]) });
    const gaps = await play(await send());
    expect(gaps).toHaveLength(2);
    expect(gaps[0]).toBeCloseTo(10_000 * factor, -1);
    expect(gaps[1]).toBeCloseTo(100_000 * factor, -1);
  });

  it('follows an exponential schedule up to its cap', async () => {
    receiver.otherwise(500);
    await start({
      retry: exponential({ first: 1_000, factor: 3, tries: 6, cap: 20_000, jitter: 0 }),
    });
    expect(await play(await send())).toEqual([1_000, 3_000, 9_000, 20_000, 20_000]);
  });

  it("a subscription's own schedule takes the place of the module's", async () => {
    receiver.otherwise(500);
    await start();
    await shop.webhooks.subscriptions.update(subscriptionId, { retry: fixed([7_000], 0) });
    expect(await play(await send())).toEqual([7_000]);
  });

  describe('Retry-After', () => {
    it.each([
      ['seconds', '120', 120 * SECOND],
      ['seconds shorter than the schedule', '1', 10 * SECOND],
      ['more than a day', '1000000000000', DAY],
      ['a negative number', '-5', 10 * SECOND],
      ['no number', 'soon', 10 * SECOND],
      ['a date in the past', 'Mon, 01 Jan 2001 00:00:00 GMT', 10 * SECOND],
      ['a date', 'Thu, 01 Jan 2026 00:02:00 GMT', 120 * SECOND],
    ])('%s', async (_, header, wait) => {
      receiver.next(answer(header));
      await start({ retry: fixed([10_000, 10_000], 0) });
      expect(await play(await send())).toEqual([wait]);
    });

    it('counts on any failure, and not on success', async () => {
      receiver.next(answer('60', 404), answer('60', 301), answer('60', 200));
      await start({ retry: fixed([10_000, 10_000, 10_000], 0) });
      expect(await play(await send())).toEqual([60_000, 60_000]);
    });
  });

  it('410 disables the subscription and cancels what else is pending', async () => {
    receiver.next(500, 410);
    await start({ retry: fixed([60_000], 0) });
    const waiting = await send();
    await attemptEnded(shop.webhooks, waiting, 1);
    const gone = await send();
    await attemptEnded(shop.webhooks, gone, 1);
    expect(await shop.webhooks.deliveries.get(gone)).toMatchObject({
      status: 'exhausted',
      reason: 'the receiver answered 410',
    });
    expect(await shop.webhooks.deliveries.get(waiting)).toMatchObject({
      status: 'cancelled',
      reason: 'subscription disabled',
    });
    expect(await shop.webhooks.subscriptions.get(subscriptionId)).toMatchObject({
      state: 'disabled',
      disabledReason: 'gone',
      disabledAt: new Date(clock.now()),
    });
    expect(await shop.webhooks.send('order.paid', ORDER)).toMatchObject({ deliveries: 0 });
    await clock.advance(DAY);
    expect(receiver.requests).toHaveLength(2);
  });

  it('disables after five days of nothing but failures', async () => {
    receiver.otherwise(500);
    await start();
    await play(await send());
    expect(await shop.webhooks.subscriptions.get(subscriptionId)).toMatchObject({
      state: 'enabled',
    });
    await clock.advance(3 * DAY);
    await attemptEnded(shop.webhooks, await send(), 1);
    expect(await shop.webhooks.subscriptions.get(subscriptionId)).toMatchObject({
      state: 'disabled',
      disabledReason: 'failing',
    });
  });

  it('a success ends the run of failures', async () => {
    receiver.next(500);
    await start();
    const id = await send();
    await attemptEnded(shop.webhooks, id, 1);
    const failing = await shop.webhooks.subscriptions.get(subscriptionId);
    expect(failing.failingSince).toEqual(new Date(clock.now()));
    await play(id);
    expect((await shop.webhooks.subscriptions.get(subscriptionId)).failingSince).toBeNull();
  });

  it('never follows a redirect', async () => {
    const elsewhere = await WebhookReceiver.start();
    receiver.otherwise({ status: 307, headers: { location: elsewhere.url } });
    await start({ retry: fixed([1_000], 0) });
    const id = await send();
    await play(id);
    expect(await shop.webhooks.deliveries.get(id)).toMatchObject({
      status: 'exhausted',
      attempts: [
        { outcome: 'redirect', status: 307 },
        { outcome: 'redirect', status: 307 },
      ],
    });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('redelivers with the whole schedule, counting attempts on', async () => {
    receiver.next(500, 500, 500).otherwise(200);
    await start({ retry: fixed([1_000], 0) });
    const id = await send();
    await play(id);
    expect(await shop.webhooks.deliveries.get(id)).toMatchObject({ status: 'exhausted' });
    await expect(shop.webhooks.deliveries.redeliver(id)).resolves.toMatchObject({
      status: 'pending',
      reason: null,
    });
    await attemptEnded(shop.webhooks, id, 3);
    await clock.advance(1_000);
    const { status, attempts } = await attemptEnded(shop.webhooks, id, 4);
    expect(status).toBe('succeeded');
    expect(attempts.map(({ status: code }) => code)).toEqual([500, 500, 500, 200]);
    const ids = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(1);
  });

  it('sends nothing for a claim that comes so late that its lease may run out', async () => {
    let late = 30_001;
    class LateStore extends InMemoryWebhookStore {
      override async claim(request: ClaimRequest): Promise<Claimed> {
        const claimed = await super.claim(request);
        if (claimed.claims.length > 0) await clock.advance(late);
        return claimed;
      }
    }
    await start({ store: new LateStore({ clock }), retry: fixed([SECOND], 0) });
    const id = await send();
    const { attempts } = await attemptEnded(shop.webhooks, id, 1);
    expect(attempts).toMatchObject([
      { outcome: 'unknown', error: expect.stringContaining('30001') },
    ]);
    late = 30_000;
    await clock.advance(SECOND);
    expect(await attemptEnded(shop.webhooks, id, 2)).toMatchObject({ status: 'succeeded' });
    expect(receiver.requests).toHaveLength(1);
  });

  it('keeps the first 16 KiB of an answer', async () => {
    receiver.next({ status: 500, body: 'é'.repeat(20_000) });
    await start();
    const { attempts } = await attemptEnded(shop.webhooks, await send(), 1);
    expect(attempts[0]!.answer).toBe('é'.repeat(8_192));
  });
});
