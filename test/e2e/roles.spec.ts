import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryWebhookStore, WebhooksRole } from 'nestjs-webhooks';
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
  async function start(role: WebhooksRole, name: string): Promise<PostgresProcess> {
    const concurrency = { total: TOTAL, perSubscription: TOTAL };
    const options = { role, userAgent: name, sweepInterval: HOUR, timeout: 60_000, concurrency };
    const started = await PostgresProcess.start({ url: database!.url, schema, options });
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
