import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, ConflictException, Controller, Post, UseGuards } from '@nestjs/common';
import { concat, of, throwError } from 'rxjs';
import { Clock } from '../../../lib/platform/clock.js';
import { IdempotencyState, IdempotencyStore } from '../../../lib/receiver/idempotency.store.js';
import { InMemoryIdempotencyStore } from '../../../lib/receiver/in-memory.idempotency.store.js';
import { VerifyWebhook } from '../../../lib/receiver/verify-webhook.decorator.js';
import { WebhookSignatureGuard } from '../../../lib/receiver/webhook-signature.guard.js';
import { hmacHex } from '../../../lib/signing/hmac-hex.scheme.js';
import { sign } from '../../../lib/signing/sign.js';
import { ReferenceSender } from '../signing/support/forgeries.js';
import { VECTOR } from '../signing/support/vectors.js';
import { Answer, FixedClock, PLATFORMS, ReceiverApp } from './support/receiver.app.js';

const WEEK = 7 * 24 * 3_600_000;
const TEXT_SECRET = 'a secret of a home-made sender';

/** What the handlers did, and what the next of them does. */
const script = {
  runs: [] as string[],
  next: (): unknown => 'first answer',
};

/** A store whose every write fails. */
class FailingStore extends InMemoryIdempotencyStore {
  override async complete(): Promise<void> {
    throw new Error('the store is down');
  }

  override async release(): Promise<void> {
    throw new Error('the store is down');
  }
}

@Controller()
@UseGuards(WebhookSignatureGuard)
@VerifyWebhook({ secret: VECTOR.secret })
class OnceController {
  @Post('hook')
  handle(@Body() body: unknown): unknown {
    script.runs.push(`hook ${JSON.stringify(body)}`);
    return script.next();
  }

  @Post('other')
  other(): void {
    script.runs.push('other');
  }

  @Post('own/:tenant')
  @VerifyWebhook({ secret: VECTOR.secret, idempotency: {} })
  own(): void {
    script.runs.push('own');
  }

  @Post(['shared-a', 'shared-b'])
  @VerifyWebhook<{ url: string }>({
    secret: VECTOR.secret,
    idempotency: { source: ({ url }) => url.slice(0, 7) },
  })
  shared(): void {
    script.runs.push('shared');
  }

  @Post('named')
  @VerifyWebhook({ secret: VECTOR.secret, idempotency: { source: 'shop', ttl: 1000 } })
  named(): void {
    script.runs.push('named');
  }

  @Post('every')
  @VerifyWebhook({ secret: VECTOR.secret, idempotency: false })
  every(): void {
    script.runs.push('every');
  }

  @Post('hex')
  @VerifyWebhook({ secret: TEXT_SECRET, scheme: hmacHex() })
  hex(): void {
    script.runs.push('hex');
  }

  @Post('failing-store')
  @VerifyWebhook({ secret: VECTOR.secret, idempotency: { store: new FailingStore() } })
  failingStore(): unknown {
    script.runs.push('failing-store');
    return script.next();
  }
}

describe.each(PLATFORMS)('@VerifyWebhook() on %s', (platform) => {
  let app: ReceiverApp;
  let clock: FixedClock;

  const send = (id: string, path = '/hook'): Promise<Answer> =>
    app.send(new ReferenceSender(VECTOR.secret, Math.floor(clock.time / 1000)).signed({ id }), {
      path,
    });
  const statuses = async (path: string, ids: readonly string[]): Promise<number[]> => {
    const found: number[] = [];
    for (const id of ids) {
      found.push((await send(id, path)).status);
    }
    return found;
  };

  beforeEach(async () => {
    script.runs = [];
    script.next = () => 'first answer';
    clock = new FixedClock(VECTOR.timestamp * 1000);
    app = await ReceiverApp.start(platform, [OnceController], {
      providers: [{ provide: Clock, useValue: clock }],
    });
  });

  afterEach(() => app.stop());

  it.each([
    ['a value', () => 'answer'],
    ['a promise', async () => 'answer'],
    ['an Observable', () => of('not this', 'answer')],
  ])('runs a handler that returns %s once per id', async (_, next) => {
    script.next = next;
    expect(await send('msg_1')).toMatchObject({ status: 201, body: 'answer' });
    expect(await send('msg_1')).toMatchObject({ status: 201, body: '' });
    expect(await send('msg_2')).toMatchObject({ status: 201, body: 'answer' });
    expect(script.runs).toHaveLength(2);
  });

  it('answers 409 while the same id is handled', async () => {
    const repeats: Answer[] = [];
    // Sent from within, so that it arrives while this handler runs.
    script.next = async () => repeats.push(await send('msg_1'));
    expect((await send('msg_1')).status).toBe(201);
    expect(repeats).toMatchObject([{ status: 409, headers: { 'retry-after': '1' } }]);
    expect(script.runs).toHaveLength(1);
  });

  it('runs once of many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('msg_1')));
    expect(script.runs).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('failed');
      },
      500,
    ],
    ['rejects', () => Promise.reject(new ConflictException()), 409],
    ['returns a failing Observable', () => throwError(() => new Error('failed')), 500],
    [
      'returns an Observable that fails late',
      () =>
        concat(
          of('answer'),
          throwError(() => new Error('failed')),
        ),
      500,
    ],
  ])('runs a handler again that %s', async (_, next, status) => {
    script.next = next;
    expect((await send('msg_1')).status).toBe(status);
    script.next = () => 'second answer';
    expect(await send('msg_1')).toMatchObject({ status: 201, body: 'second answer' });
    expect(script.runs).toHaveLength(2);
  });

  it('remembers for 7 days', async () => {
    await send('msg_1');
    clock.time += WEEK - 1000;
    await send('msg_1');
    expect(script.runs).toHaveLength(1);
    clock.time += 1000;
    await send('msg_1');
    expect(script.runs).toHaveLength(2);
  });

  it('takes the same id of another handler, route parameter or source for another', async () => {
    await send('msg_1');
    await send('msg_1', '/other');
    await send('msg_1', '/own/a');
    await send('msg_1', '/own/b');
    await send('msg_1', '/own/%61');
    await send('msg_1', '/named');
    await send('msg_1', '/shared-a');
    await send('msg_1', '/shared-b');
    expect(script.runs.map((run) => run.split(' ')[0])).toEqual([
      'hook',
      'other',
      'own',
      'own',
      'named',
      'shared',
    ]);
  });

  it('remembers for the given time', async () => {
    await send('msg_1', '/named');
    clock.time += 1000;
    await send('msg_1', '/named');
    expect(script.runs).toEqual(['named', 'named']);
  });

  it('lets repeats through when told to', async () => {
    expect(await statuses('/every', ['msg_1', 'msg_1'])).toEqual([201, 201]);
    expect(script.runs).toEqual(['every', 'every']);
  });

  it('handles once what another scheme names, and always what it does not', async () => {
    const body = '{}';
    const headers = sign({ secret: TEXT_SECRET, id: 'x', body, scheme: hmacHex() });
    for (const id of [undefined, undefined, 'msg_1', 'msg_1']) {
      expect((await app.send({ body, id }, { path: '/hex', headers })).status).toBe(201);
    }
    expect(script.runs).toHaveLength(3);
  });

  it('does not remember a request that was refused', async () => {
    const request = new ReferenceSender(VECTOR.secret, VECTOR.timestamp).signed();
    expect((await app.send({ ...request, body: '{}' })).status).toBe(401);
    expect((await app.send(request)).body).toBe('first answer');
  });

  it("keeps the handler's answer when the store fails, and says so in the log", async () => {
    expect(await send(`${platform}_1`, '/failing-store')).toMatchObject({ body: 'first answer' });
    script.next = () => Promise.reject(new ConflictException('own answer'));
    expect((await send(`${platform}_2`, '/failing-store')).body).toContain('own answer');
    const lines = app.logger.lines.filter((line) => line.includes('idempotency store failed'));
    expect(lines).toHaveLength(2);
  });
});

describe('a provided IdempotencyStore', () => {
  class RecordingStore extends IdempotencyStore {
    readonly calls: string[] = [];

    async begin(key: string, lease: number): Promise<IdempotencyState> {
      this.calls.push(`begin ${key.split('\n')[1]} ${lease}`);
      return 'started';
    }

    async complete(key: string, ttl: number): Promise<void> {
      this.calls.push(`complete ${key.split('\n')[1]} ${ttl}`);
    }

    async release(key: string): Promise<void> {
      this.calls.push(`release ${key.split('\n')[1]}`);
    }
  }

  it('is used', async () => {
    const store = new RecordingStore();
    const app = await ReceiverApp.start('express', [OnceController], {
      providers: [{ provide: IdempotencyStore, useValue: store }],
    });
    try {
      script.next = () => 'answer';
      const sender = new ReferenceSender(VECTOR.secret, Math.floor(Date.now() / 1000));
      expect((await app.send(sender.signed())).status).toBe(201);
      expect(store.calls).toEqual(['begin msg_1 300000', `complete msg_1 ${WEEK}`]);
    } finally {
      await app.stop();
    }
  });
});

describe('InMemoryIdempotencyStore', () => {
  it('takes a key over when its lease has run out', async () => {
    const clock = new FixedClock(1000);
    const store = new InMemoryIdempotencyStore({ clock });
    expect(await store.begin('a', 100)).toBe('started');
    clock.time += 99;
    expect(await store.begin('a', 100)).toBe('in-progress');
    clock.time += 1;
    expect(await store.begin('a', 100)).toBe('started');
  });

  it('forgets the key completed first beyond its capacity', async () => {
    const store = new InMemoryIdempotencyStore({ capacity: 2, clock: new FixedClock(1000) });
    for (const key of ['a', 'b', 'a', 'c']) {
      await store.complete(key, 1000);
    }
    expect(await Promise.all(['a', 'b', 'c'].map((key) => store.begin(key, 1)))).toEqual([
      'done',
      'started',
      'done',
    ]);
  });
});
