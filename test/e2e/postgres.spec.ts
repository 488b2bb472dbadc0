import { expectDelivery } from './support/durable.story.js';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fixed, WebhooksModuleOptions } from 'nestjs-webhooks';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { TestDatabase } from '../support/test.database.js';
import { PostgresProcess } from './support/postgres.process.js';
import { deliveryOf, ShopApp, startShop, until } from './support/shop.app.js';

const database = await TestDatabase.open();

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 60 * 60 * 1_000;
const MANY_TRIES = fixed(Array.from({ length: 50 }, () => 50));
const KILLS = Number(process.env['WEBHOOKS_TEST_KILLS'] ?? 3);

(database === null ? describe.skip : describe)('apps on one PostgreSQL', () => {
  let receiver: WebhookReceiver;
  let schema: string;
  let shops: ShopApp[];
  let processes: PostgresProcess[];

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    schema = database!.schema();
    shops = [];
    processes = [];
    await new PostgresWebhookStore(database!.admin, { schema, listen: false }).migrate();
  });

  afterEach(async () => {
    for (const { app } of shops) await app.close();
    for (const one of processes) await one.kill();
    await receiver.close();
  });

  afterAll(async () => database!.close());

  async function start(options: WebhooksModuleOptions = {}, pool = {}): Promise<ShopApp> {
    const store = new PostgresWebhookStore(database!.pool(pool), { schema });
    const shop = await startShop({ store, sweepInterval: HOUR, ...options });
    shop.app.useLogger(false);
    shops.push(shop);
    return shop;
  }

  async function startProcess(): Promise<PostgresProcess> {
    const started = await PostgresProcess.start({ url: database!.url, schema });
    processes.push(started);
    return started;
  }

  const eventIds = (): string[] => receiver.requests.map(({ headers }) => headers['webhook-id']!);

  const allEnded = async (): Promise<boolean> => {
    const { rows } = await database!.admin.query(
      `SELECT FROM ${schema}.deliveries WHERE status = 'pending' LIMIT 1`,
    );
    return rows.length === 0;
  };

  // Leaves out what is locked: processes at work lock several rows too, in their own order.
  const endLeases = () =>
    database!.admin.query(
      `UPDATE ${schema}.deliveries SET lease_until = 1 WHERE id = ANY (ARRAY(
        SELECT id FROM ${schema}.deliveries WHERE lease_until IS NOT NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
      ))`,
    );

  /** What a lease's time would bring, when the server has noticed the end of the processes. */
  const expireLeases = async (): Promise<void> => {
    await until(async () => {
      const { rows } = await database!.admin.query(
        'SELECT FROM pg_stat_activity WHERE application_name = $1',
        [schema],
      );
      return rows.length === 0;
    });
    await endLeases();
  };

  it('deliver, retry, disable and deliver again', async () => {
    const { webhooks } = await start({ retry: fixed([10], 0) });
    await expectDelivery(webhooks, receiver);
  });

  it('replay and recover step by step, and resume where they were ended', async () => {
    receiver.otherwise(500);
    const breaker = { failures: 10_000 };
    const { webhooks } = await start({ retry: fixed([]), breaker });
    const count = 600;
    const sends = Array.from({ length: count }, async () => webhooks.send('order.paid', ORDER));
    await Promise.all(sends);
    const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['order.paid'] });
    for (const call of ['replay', 'recover'] as const) {
      const options = { subscriptionId: id, since: new Date(0) };
      const abort = new AbortController();
      const ended = { ...options, signal: abort.signal, onProgress: () => abort.abort() };
      const first = await webhooks.deliveries[call](ended);
      expect(first).toEqual({ deliveries: 500, next: expect.any(String) });
      await until(allEnded);
      const rest = await webhooks.deliveries[call]({ ...options, cursor: first.next! });
      expect(rest).toEqual({ deliveries: 100, next: null });
      await until(allEnded);
    }
    expect(receiver.requests).toHaveLength(2 * count);
  });

  it('three share the work, and deliver each event once', async () => {
    const replicas: ShopApp[] = [];
    for (const userAgent of ['one', 'two', 'three']) replicas.push(await start({ userAgent }));
    await replicas[0]!.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    const sends = Array.from({ length: 300 }, (_, index) =>
      replicas[index % 3]!.webhooks.send('order.paid', ORDER),
    );
    const sent = (await Promise.all(sends)).map(({ eventId }) => eventId);
    await until(allEnded);
    expect(eventIds().sort()).toEqual(sent.sort());
    const agents = new Set(receiver.requests.map(({ headers }) => headers['user-agent']));
    expect(agents.size).toBeGreaterThan(1);
  });

  it('one event comes of an idempotency key that three send', async () => {
    const replicas = [await start(), await start(), await start()];
    await replicas[0]!.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
    const sends = keys.flatMap((idempotencyKey) =>
      replicas.map(({ webhooks }) => webhooks.send('order.paid', ORDER, { idempotencyKey })),
    );
    const sent = new Set((await Promise.all(sends)).map(({ eventId }) => eventId));
    expect(sent.size).toBe(keys.length);
    await until(allEnded);
    expect(eventIds().sort()).toEqual([...sent].sort());
  });

  it('what is rolled back is never delivered, under load either', async () => {
    const { webhooks } = await start();
    await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    const pool = database!.pool({ max: 8 });
    const sends = Array.from({ length: 60 }, async (_, index) => {
      const client = await pool.connect();
      await client.query('BEGIN');
      const { eventId } = await webhooks.send('order.paid', ORDER, { transaction: client });
      await client.query(index % 2 === 0 ? 'COMMIT' : 'ROLLBACK');
      client.release();
      return index % 2 === 0 ? [eventId] : [];
    });
    const committed = (await Promise.all(sends)).flat();
    await receiver.received(committed.length);
    await until(allEnded);
    expect(eventIds().sort()).toEqual(committed.sort());
  });

  it('what was committed by a process that was killed right then is delivered', async () => {
    const { webhooks } = await start({ sweepInterval: 100 });
    await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    await shops.pop()!.app.close();
    const eventId = await (await startProcess()).commitAndDie();
    processes.pop();
    // It may have begun an attempt in its last moment.
    await expireLeases();
    await startProcess();
    await until(allEnded);
    expect(new Set(eventIds())).toEqual(new Set([eventId]));
  });

  it(
    `${KILLS} processes killed while they deliver lose nothing`,
    async () => {
      const { webhooks } = await start({ sweepInterval: 100 });
      await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      await shops.pop()!.app.close();
      const sent: string[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const victim = await startProcess();
        // The first answer is quick: of a subscription that a process does not know it waits for that.
        receiver.next(204, 'hang', 'hang');
        const before = receiver.requests.length;
        sent.push(...(await victim.send(20)));
        await receiver.received(before + 3 + ((kill * 7) % 15));
        await victim.kill();
        processes.pop();
      }
      await expireLeases();
      const survivor = await start({ sweepInterval: 100, retry: MANY_TRIES });
      await until(allEnded);
      expect(new Set(eventIds())).toEqual(new Set(sent));
      let unknown = 0;
      for (const eventId of sent) {
        const id = await deliveryOf(survivor.webhooks, eventId);
        const { status, attempts } = await survivor.webhooks.deliveries.get(id);
        expect(status).toBe('succeeded');
        expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
        unknown += attempts.filter(({ outcome }) => outcome === 'unknown').length;
      }
      expect(unknown).toBeGreaterThanOrEqual(2);
    },
    30_000 + KILLS * 15_000,
  );

  it('a listening connection that was cut is made anew, and wakes again', async () => {
    const { webhooks } = await start();
    await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    const listeners = async (): Promise<number[]> => {
      const { rows } = await database!.admin.query<{ pid: number }>(
        'SELECT pid FROM pg_stat_activity WHERE query = $1',
        [`LISTEN nestjs_webhooks_${schema}`],
      );
      return rows.map(({ pid }) => pid);
    };
    const [before] = await listeners();
    await database!.admin.query('SELECT pg_terminate_backend($1)', [before]);
    await until(async () => {
      const [pid] = await listeners();
      return pid !== undefined && pid !== before;
    });
    const client = await database!.admin.connect();
    await client.query('BEGIN');
    const { eventId } = await webhooks.send('order.paid', ORDER, { transaction: client });
    // The wake-up of this process has come to nothing when this one is delivered.
    await webhooks.send('shop.closed');
    await receiver.received(1);
    await client.query('COMMIT');
    client.release();
    await receiver.received(2);
    expect(eventIds()[1]).toBe(eventId);
  });

  it('a restart of the server under load ends no process, and loses and invents nothing', async () => {
    const name = { application_name: schema };
    const options = { sweepInterval: 100, retry: MANY_TRIES };
    const replicas = [await start(options, name), await start(options, name)];
    await replicas[0]!.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    const accepted: string[] = [];
    const refusals: unknown[] = [];
    for (let round = 0; round < 5; round++) {
      const sends = Array.from({ length: 40 }, async (_, index) => {
        try {
          const { eventId } = await replicas[index % 2]!.webhooks.send('order.paid', ORDER);
          accepted.push(eventId);
        } catch (error) {
          refusals.push(error);
        }
      });
      await receiver.received(accepted.length > 0 ? 1 : 0);
      await database!.admin.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
        [schema],
      );
      await Promise.all(sends);
    }
    expect(accepted.length + refusals.length).toBe(200);
    for (const error of refusals) expect(error).toMatchObject({ code: 'WEBHOOKS_POSTGRES' });
    await until(async () => {
      await endLeases();
      return allEnded();
    });
    expect(new Set(eventIds())).toEqual(new Set(accepted));
  }, 60_000);
});
