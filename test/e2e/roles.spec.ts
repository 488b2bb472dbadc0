import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryWebhookStore } from 'nestjs-webhooks';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { TestDatabase } from '../support/test.database.js';
import { TestRedis } from '../support/test.redis.js';
import { PostgresProcess } from './support/postgres.process.js';
import { startShop, until } from './support/shop.app.js';

const database = await TestDatabase.open();
const redis = await TestRedis.open();

const HOUR = 3_600_000;
const TOTAL = 4;

(database === null ? describe.skip : describe)('processes with roles', () => {
  let receiver: WebhookReceiver;
  let schema: string;
  let processes: PostgresProcess[];

  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
    schema = database!.schema();
    processes = [];
    await new PostgresWebhookStore(database!.admin, { schema, listen: false }).migrate();
  });

  afterEach(async () => {
    for (const one of processes) await one.kill();
    await receiver.close();
  });

  afterAll(async () => {
    await database!.close();
    await redis?.close();
  });

  /** No sweep comes in the time of a test: only wake-ups do. */
  async function start(role: 'accept' | 'deliver', name: string, queueName?: string) {
    const concurrency = { total: TOTAL, perSubscription: TOTAL };
    const settings = {
      url: database!.url,
      schema,
      options: { role, userAgent: name, sweepInterval: HOUR, concurrency },
    };
    const connection = { url: redis?.url };
    const started = await PostgresProcess.start(
      queueName === undefined ? settings : { ...settings, redis: { connection, queueName } },
    );
    processes.push(started);
    return started;
  }

  async function subscribe(): Promise<void> {
    const store = new PostgresWebhookStore(database!.pool(), { schema, listen: false });
    const shop = await startShop({ store, role: 'accept' });
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    await shop.app.close();
  }

  const agents = () => new Set(receiver.requests.map(({ headers }) => headers['user-agent']));

  const allEnded = async (): Promise<boolean> => {
    const sql = `SELECT FROM ${schema}.deliveries WHERE status = 'pending' LIMIT 1`;
    return (await database!.admin.query(sql)).rows.length === 0;
  };

  /** More than one process can have in flight, and none is answered until two have all they can. */
  async function expectShares(accepting: PostgresProcess): Promise<void> {
    const gate = new EventEmitter();
    receiver.otherwise({ status: 204, after: () => once(gate, 'open') });
    const sent = [...(await accepting.send(3 * TOTAL))];
    await receiver.received(2 * TOTAL);
    expect(agents()).toEqual(new Set(['first', 'second']));
    receiver.otherwise(204);
    gate.emit('open');
    sent.push(...(await accepting.send(100)));
    await until(allEnded);
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']!);
    expect(ids.sort()).toEqual(sent.sort());
    expect(agents()).toEqual(new Set(['first', 'second']));
  }

  it('what one accepts two others deliver, each a share, nothing twice', async () => {
    await subscribe();
    await start('deliver', 'first');
    await start('deliver', 'second');
    await expectShares(await start('accept', 'accepting'));
  });

  (redis === null ? it.skip : it)('the same through a queue on Redis', async () => {
    await subscribe();
    const queueName = redis!.queueName();
    await start('deliver', 'first', queueName);
    await start('deliver', 'second', queueName);
    await expectShares(await start('accept', 'accepting', queueName));
  });

  it('one that only accepts delivers nothing, and waits for nobody when it ends', async () => {
    await subscribe();
    const store = new PostgresWebhookStore(database!.pool(), { schema });
    const shop = await startShop({ store, role: 'accept', sweepInterval: 10 });
    const { deliveries } = await shop.webhooks.send('shop.closed');
    await shop.app.close();
    expect({ deliveries, requests: receiver.requests }).toEqual({ deliveries: 1, requests: [] });
    expect(await allEnded()).toBe(false);
  });
});

describe('a role', () => {
  it.each([undefined, new InMemoryWebhookStore()])(
    'accept is refused without a database',
    (store) =>
      expect(startShop({ role: 'accept', ...(store && { store }) })).rejects.toMatchObject({
        code: 'WEBHOOKS_INVALID_ARGUMENT',
        argument: 'role',
      }),
  );
});
