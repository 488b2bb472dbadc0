import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateSubscription,
  InMemoryWebhookStore,
  WebhooksModuleOptions,
  WebhooksRole,
} from 'nestjs-webhooks';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { TestDatabase } from '../support/test.database.js';
import { PostgresProcess } from './support/postgres.process.js';
import { startShop, until } from './support/shop.app.js';

const database = await TestDatabase.open();

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

  afterAll(async () => database!.close());

  /** No sweep comes in the time of a test: only wake-ups do. */
  async function start(
    role: WebhooksRole,
    name: string,
    changes: WebhooksModuleOptions = {},
  ): Promise<PostgresProcess> {
    const concurrency = { total: TOTAL, perSubscription: TOTAL };
    const defaults = { sweepInterval: HOUR, timeout: 60_000, concurrency };
    const options = { ...defaults, role, userAgent: name, ...changes };
    const started = await PostgresProcess.start({ url: database!.url, schema, options });
    processes.push(started);
    return started;
  }

  async function subscribe(details: Partial<CreateSubscription> = {}): Promise<void> {
    const store = new PostgresWebhookStore(database!.pool(), { schema, listen: false });
    const shop = await startShop({ store, role: 'accept' });
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'], ...details });
    await shop.app.close();
  }

  const agents = () => new Set(receiver.requests.map(({ headers }) => headers['user-agent']));

  const allEnded = async (): Promise<boolean> => {
    const sql = `SELECT FROM ${schema}.deliveries WHERE status = 'pending' LIMIT 1`;
    return (await database!.admin.query(sql)).rows.length === 0;
  };

  const noted = async (): Promise<number[]> => {
    const sql = `SELECT expires_at::float8 AS at FROM ${schema}.replicas ORDER BY id`;
    return (await database!.admin.query<{ at: number }>(sql)).rows.map(({ at }) => at);
  };

  it('what one accepts two others deliver, each a share, nothing twice', async () => {
    await subscribe();
    const [accepting] = await Promise.all([
      start('accept', 'accepting'),
      start('deliver', 'first'),
      start('deliver', 'second'),
    ]);
    // More than one process may have in flight, and none is answered until two have some.
    const gate = new EventEmitter();
    receiver.otherwise({ status: 204, after: () => once(gate, 'open') });
    const sent = [...(await accepting.send(3 * TOTAL))];
    await until(() => agents().size === 2);
    receiver.otherwise(204);
    gate.emit('open');
    sent.push(...(await accepting.send(100)));
    await until(allEnded);
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']!);
    expect(ids.sort()).toEqual(sent.sort());
    expect(agents()).toEqual(new Set(['first', 'second']));
  }, 120_000);

  it('two keep a rate limit between them', async () => {
    const rateLimit = 10;
    await subscribe({ rateLimit });
    const options = { sweepInterval: 100 };
    const [one] = await Promise.all([start('both', 'one', options), start('both', 'two', options)]);
    // Each has counted both when it notes itself anew while both are there.
    let both: number[] = [];
    await until(async () => (both = await noted()).length === 2);
    await until(async () => (await noted()).every((at, index) => at > both[index]!));
    await until(async () => (await noted()).every((at, index) => at > both[index]! + 100));
    await one.send(4 * rateLimit);
    await until(allEnded);
    expect(receiver.requests).toHaveLength(4 * rateLimit);
    const { rows } = await database!.admin.query<{ at: number }>(
      `SELECT started_at::float8 AS at FROM ${schema}.attempts ORDER BY started_at`,
    );
    const begun = rows.map(({ at }) => at);
    expect(begun).toHaveLength(4 * rateLimit);
    const tooMany = begun.filter((at, index) => {
      const since = begun.slice(index).filter((other) => other - at < 1_000);
      // One second's worth at once, and one in the second that follows.
      return since.length > 2 * rateLimit + 1;
    });
    expect(tooMany).toEqual([]);
  }, 60_000);

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
