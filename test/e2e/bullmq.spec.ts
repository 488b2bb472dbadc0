import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPostgresBackend, Queue, runMigrations } from 'bullmq';
import type { Redis } from 'ioredis';
import { fixed, WebhooksModuleOptions } from 'nestjs-webhooks';
import { BullMqEngine, BullMqEngineOptions } from 'nestjs-webhooks/bullmq';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { TestDatabase } from '../support/test.database.js';
import { TestRedis } from '../support/test.redis.js';
import { expectDelivery } from './support/durable.story.js';
import { ShopApp, startShop, until } from './support/shop.app.js';

const database = await TestDatabase.open();
const redis = database === null ? null : await TestRedis.open();

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 3_600_000;
const MANY_FAILURES = { failures: 1_000 };

(redis === null ? describe.skip : describe)('BullMqEngine', () => {
  let receiver: WebhookReceiver;
  let schema: string;
  let queueName: string;
  let shops: ShopApp[];
  let clients: Redis[];
  let queues: Queue[];

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    schema = database!.schema();
    queueName = redis!.queueName();
    shops = [];
    clients = [];
    queues = [];
    await new PostgresWebhookStore(database!.admin, { schema }).migrate();
  });

  afterEach(async () => {
    for (const { app } of shops) await app.close();
    for (const one of queues) await one.close();
    for (const one of clients) await one.quit();
    await receiver.close();
  });

  afterAll(async () => {
    await redis!.close();
    await database!.close();
  });

  const onRedis = (): BullMqEngineOptions => ({ connection: { url: redis!.url }, queueName });

  function client(): Redis {
    const made = redis!.client();
    clients.push(made);
    return made;
  }

  function queue(): Queue {
    const made = new Queue(queueName, { connection: client() });
    queues.push(made);
    return made;
  }

  /** Only hints and timers wake these apps: the store does not, and no sweep comes in time. */
  async function start(
    engine: BullMqEngineOptions,
    options: WebhooksModuleOptions = {},
  ): Promise<ShopApp> {
    const store = new PostgresWebhookStore(database!.pool(), { schema, listen: false });
    const shop = await startShop({
      store,
      engine: new BullMqEngine(engine),
      sweepInterval: HOUR,
      ...options,
    });
    shop.app.useLogger(false);
    shops.push(shop);
    return shop;
  }

  const subscribe = ({ webhooks }: ShopApp) =>
    webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });

  const allEnded = async (): Promise<boolean> => {
    const sql = `SELECT FROM ${schema}.deliveries WHERE status = 'pending' LIMIT 1`;
    return (await database!.admin.query(sql)).rows.length === 0;
  };

  const eventIds = () => receiver.requests.map(({ headers }) => headers['webhook-id']!).sort();

  it.each([
    ['connections of its own', onRedis],
    ['a client handed in', () => ({ connection: client(), queueName })],
    ['the connection of a queue', () => ({ connection: queue().opts.connection, queueName })],
  ])('delivers, retries and delivers again on Redis, with %s', async (_, engine) => {
    const { webhooks } = await start(engine(), { retry: fixed([10], 0) });
    await expectDelivery(webhooks, receiver);
    await shops.pop()!.app.close();
    expect(clients.map(({ status }) => status)).toEqual(clients.map(() => 'ready'));
  });

  it("delivers, retries and delivers again on BullMQ's PostgreSQL backend", async () => {
    const hints = database!.schema();
    const session = await database!.admin.connect();
    await runMigrations(session, hints);
    session.release();
    const connection = { connectionString: database!.url, schema: hints, max: 2 };
    const engine = { connection, backend: createPostgresBackend, queueName };
    const { webhooks } = await start(engine, { retry: fixed([10], 0) });
    await expectDelivery(webhooks, receiver);
  });

  it('takes no more hints than it has room for: others deliver a share of what one accepts', async () => {
    const concurrency = { total: 4, perSubscription: 4 };
    const accepting = await start(onRedis(), { role: 'accept' });
    await subscribe(accepting);
    for (const userAgent of ['one', 'two', 'three']) {
      await start(onRedis(), { userAgent, concurrency, timeout: 60_000 });
    }
    const agents = () => new Set(receiver.requests.map(({ headers }) => headers['user-agent']));
    // Two may have fewer in flight than there are, and none is answered until all three have some.
    const gate = new EventEmitter().setMaxListeners(0);
    receiver.otherwise({ status: 204, after: () => once(gate, 'open') });
    const sent: string[] = [];
    const send = async () => {
      const { eventId } = await accepting.webhooks.send('order.paid', ORDER);
      sent.push(eventId);
    };
    // One after the other, so that they are many hints: one process may be ready later than the others.
    await until(async () => {
      await send();
      return agents().size === 3;
    });
    receiver.otherwise(204);
    gate.emit('open');
    await Promise.all(Array.from({ length: 200 }, send));
    await until(allEnded);
    expect(eventIds()).toEqual(sent.sort());
  });

  it('keeps the order of each key among processes, by hints alone', async () => {
    const options = { retry: fixed(Array.from({ length: 9 }, () => 10)), breaker: MANY_FAILURES };
    const replicas = [await start(onRedis(), options), await start(onRedis(), options)];
    await subscribe(replicas[0]!);
    receiver.next(...Array.from({ length: 80 }, (_, count) => (count % 5 < 2 ? 503 : 204)));
    const sent = new Map<string, string[]>();
    const sendAll = async (orderingKey: string): Promise<void> => {
      const ids: string[] = [];
      sent.set(orderingKey, ids);
      for (let count = 0; count < 15; count++) {
        const { webhooks } = replicas[count % 2]!;
        ids.push((await webhooks.send('order.paid', ORDER, { orderingKey })).eventId);
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(sendAll));
    await until(allEnded);
    const arrived = receiver.requests.map(({ headers }) => headers['webhook-id']!);
    for (const ids of sent.values()) {
      const order = arrived.filter((id) => ids.includes(id));
      expect(order.filter((id, index) => id !== order[index - 1])).toEqual(ids);
    }
  });

  it('puts nothing but ids into the queue, in batches, and leaves nothing behind', async () => {
    const accepting = await start(onRedis(), { role: 'accept' });
    await subscribe(accepting);
    const sends = Array.from({ length: 120 }, () => accepting.webhooks.send('order.paid', ORDER));
    await Promise.all(sends);
    await accepting.app.close();
    shops.pop();
    const jobs = await queue().getJobs();
    const sql = `SELECT id FROM ${schema}.deliveries`;
    const { rows } = await database!.admin.query<{ id: string }>(sql);
    const ids = new Set(jobs.flatMap(({ data }) => data.deliveryIds));
    expect(ids).toEqual(new Set(rows.map(({ id }) => id)));
    expect(jobs.map(({ data }) => Object.keys(data))).toEqual(jobs.map(() => ['deliveryIds']));
    expect(jobs.length).toBeLessThan(40);
    await start(onRedis());
    await until(allEnded);
    await until(async () => (await queues[0]!.getJobs()).length === 0);
  });

  it('puts nothing into the queue for what is due later', async () => {
    receiver.next(500, 500);
    const shop = await start(onRedis(), { retry: fixed([200], 0) });
    await subscribe(shop);
    await Promise.all([1, 2].map(() => shop.webhooks.send('order.paid', ORDER)));
    await receiver.received(2);
    const { failed, delayed } = await queue().getJobCounts('failed', 'delayed');
    await receiver.received(4);
    expect({ failed, delayed }).toEqual({ failed: 0, delayed: 0 });
  });

  it('stops adding to a queue that nobody empties', async () => {
    const engine = new BullMqEngine(onRedis());
    await engine.start(null);
    const deliveryIds = Array.from({ length: 9_000 }, (_, index) => `dlv_${index}`);
    const waiting = queue();
    const perHint = 9_000 / 50;
    for (let jobs = perHint; jobs < 1_000 + perHint; jobs += perHint) {
      engine.wake({ deliveryIds, dueIn: 0 });
      await until(async () => (await waiting.getWaitingCount()) === jobs);
    }
    engine.wake({ deliveryIds, dueIn: 0 });
    await engine.stop();
    expect(await waiting.getWaitingCount()).toBe(6 * perHint);
  });

  it('takes hints that make no sense for none', async () => {
    const shop = await start(onRedis());
    await subscribe(shop);
    const foreign = queue();
    for (const data of [{}, { deliveryIds: 'all' }, { deliveryIds: [1, null, {}, 'x'] }]) {
      await foreign.add('mail', data);
    }
    await shop.webhooks.send('order.paid', ORDER);
    await receiver.received(1);
    await until(async () => (await foreign.getJobs(['waiting', 'active'])).length === 0);
    expect(await foreign.getFailedCount()).toBe(0);
  });

  it.each([
    ['connection', {}],
    ['queueName', { connection: {}, queueName: 'a:b' }],
    ['queueName', { connection: {}, queueName: '' }],
    ['prefix', { connection: {}, prefix: '' }],
    ['backend', { connection: {}, backend: 'postgres' }],
  ])('refuses a wrong %s: %j', (argument, options) => {
    expect(() => new BullMqEngine(options as never)).toThrow(
      expect.objectContaining({ code: 'WEBHOOKS_INVALID_ARGUMENT', argument }),
    );
  });

  it('refuses at start what BullMQ cannot use', async () => {
    const connection = redis!.client();
    connection.options.keyPrefix = 'mine:';
    clients.push(connection);
    await expect(new BullMqEngine({ connection, queueName }).start(null)).rejects.toThrow('prefix');
  });
});
