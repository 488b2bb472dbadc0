import { expectDelivery } from './support/durable.story.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fixed, WebhooksModuleOptions } from 'nestjs-webhooks';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import { attemptEnded, WebhookReceiver } from 'nestjs-webhooks/testing';
import { SQLITE_DRIVERS, TestConnection } from '../support/sqlite.driver.js';
import { deliveryOf, ShopApp, startShop, until } from './support/shop.app.js';
import { SqliteProcess } from './support/sqlite.process.js';

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 60 * 60 * 1_000;
const KILLS = Number(process.env['WEBHOOKS_TEST_KILLS'] ?? 6);
const SEED = Number(process.env['WEBHOOKS_TEST_SEED'] ?? 1);

/** Numbers from 1 to 100 that look random, the same for the same seed. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (state * 48_271) % 2_147_483_647;
    yield (state % 100) + 1;
  }
}

describe.each(SQLITE_DRIVERS)('an app on an SQLite file, by $name', (driver) => {
  let folder: string;
  let path: string;
  let receiver: WebhookReceiver;
  let shops: ShopApp[];
  let processes: SqliteProcess[];
  let connections: TestConnection[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-webhooks-sqlite-'));
    path = join(folder, 'webhooks.db');
    receiver = await WebhookReceiver.start();
    shops = [];
    processes = [];
    connections = [];
  });

  afterEach(async () => {
    for (const { app } of shops) await app.close();
    for (const one of processes) one.end();
    for (const connection of connections) connection.close();
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function connect(): TestConnection {
    const connection = driver.open(path);
    connections.push(connection);
    return connection;
  }

  async function start(
    options: WebhooksModuleOptions = {},
    database = connect(),
  ): Promise<ShopApp> {
    const store = new SqliteWebhookStore({ database, migrateOnStart: true });
    const shop = await startShop({ store, sweepInterval: HOUR, ...options });
    shop.app.useLogger(false);
    shops.push(shop);
    return shop;
  }

  const stop = async (): Promise<void> => shops.pop()!.app.close();

  const eventIds = (): string[] => receiver.requests.map(({ headers }) => headers['webhook-id']!);

  it('delivers, retries, disables and delivers again', async () => {
    const { webhooks } = await start({ retry: fixed([10], 0) });
    await expectDelivery(webhooks, receiver);
  });

  it('keeps subscriptions and what was not delivered over a restart', async () => {
    const first = await start({ retry: fixed([50], 0) });
    await first.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    receiver.next(503);
    const { eventId } = await first.webhooks.send('order.paid', ORDER);
    const id = await deliveryOf(first.webhooks, eventId);
    await attemptEnded(first.webhooks, id, 1);
    await stop();
    const second = await start({ sweepInterval: 20 });
    expect(await attemptEnded(second.webhooks, id, 2)).toMatchObject({ status: 'succeeded' });
    expect(eventIds()).toEqual([eventId, eventId]);
  });

  it('cancels a long backlog of a disabled subscription in sweeps, and sends nothing of it', async () => {
    const { webhooks } = await start({ role: 'accept' });
    const { id } = await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
    await Promise.all(Array.from({ length: 700 }, () => webhooks.send('order.paid', ORDER)));
    await webhooks.subscriptions.disable(id);
    await webhooks.subscriptions.enable(id);
    const { eventId } = await webhooks.send('order.paid', ORDER);
    const second = await start({ sweepInterval: 20 });
    await until(async () => {
      const { items } = await second.webhooks.deliveries.list({ status: 'pending' });
      return items.length === 0;
    });
    expect(eventIds()).toEqual([eventId]);
  });

  it.each(['its own', "the application's"])(
    'delivers what a transaction has committed, and nothing else, on %s connection',
    async (whose) => {
      const application = connect();
      const shop = await start({}, whose === 'its own' ? connect() : application);
      const { webhooks } = shop;
      await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      application.exec('CREATE TABLE orders (id TEXT)');
      const committed: string[] = [];
      for (let index = 0; index < 20; index++) {
        application.exec('BEGIN IMMEDIATE');
        application.exec("INSERT INTO orders VALUES ('o_1')");
        const { eventId } = await webhooks.send('order.paid', ORDER, { transaction: application });
        application.exec(index % 2 === 0 ? 'COMMIT' : 'ROLLBACK');
        if (index % 2 === 0) committed.push(eventId);
        await receiver.received(committed.length);
      }
      await stop();
      expect(eventIds()).toEqual(committed);
    },
  );

  it(
    `loses nothing that it accepted when it is killed ${KILLS} times while it writes`,
    async () => {
      const { webhooks } = await start();
      await webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
      await stop();
      const random = numbers(SEED);
      const accepted: string[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const { value: sends } = random.next();
        const victim = SqliteProcess.start({ path, driver: driver.name, sends });
        processes.push(victim);
        await victim.killAfter(4 * random.next().value);
        accepted.push(...victim.accepted);
      }
      const database = connect();
      expect(database.prepare('PRAGMA integrity_check').get()).toMatchObject({
        integrity_check: 'ok',
      });
      // What a lease's time would bring.
      database.exec('UPDATE webhooks_deliveries SET lease_until = 1 WHERE lease_until IS NOT NULL');
      const open = database.prepare(
        "SELECT count(*) AS count FROM webhooks_deliveries WHERE status <> 'succeeded'",
      );
      const survivor = await start({ sweepInterval: 20, retry: fixed([50, 50, 50]) });
      await until(() => (open.get() as { readonly count: number }).count === 0);
      const received = new Set(eventIds());
      expect(accepted.filter((eventId) => !received.has(eventId))).toEqual([]);
      for (const eventId of accepted) {
        const id = await deliveryOf(survivor.webhooks, eventId);
        const { attempts } = await survivor.webhooks.deliveries.get(id);
        expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
        expect(attempts.filter(({ outcome }) => outcome === null)).toEqual([]);
      }
    },
    60_000 + KILLS * 30_000,
  );
});
