import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fixed, InMemoryWebhookStore, WebhooksModuleOptions, WebhookStore } from 'nestjs-webhooks';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import { WebhookReceiver } from 'nestjs-webhooks/testing';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { SQLITE_DRIVERS } from '../support/sqlite.driver.js';
import { TestDatabase } from '../support/test.database.js';
import { ShopApp, startShop, until } from './support/shop.app.js';

const postgres = await TestDatabase.open();

const ORDER = { id: 'o_1', total: 42 };
const HOUR = 60 * 60 * 1_000;
const KEY = { orderingKey: 'order 42' };

interface OpenStore {
  readonly store: WebhookStore;
  close(): Promise<void>;
}

async function inMemory(): Promise<OpenStore> {
  return { store: new InMemoryWebhookStore(), close: async () => {} };
}

async function onSqlite(): Promise<OpenStore> {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-webhooks-ordering-'));
  const database = SQLITE_DRIVERS[0]!.open(join(folder, 'webhooks.db'));
  const store = new SqliteWebhookStore({ database, migrateOnStart: true });
  const close = async (): Promise<void> => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { store, close };
}

async function onPostgres(): Promise<OpenStore> {
  const pool = postgres!.pool();
  const store = new PostgresWebhookStore(pool, { schema: postgres!.schema() });
  await store.migrate();
  return { store, close: async () => {} };
}

const STORES = [
  { name: 'in memory', open: inMemory },
  { name: 'SQLite', open: onSqlite },
  ...(postgres === null ? [] : [{ name: 'PostgreSQL', open: onPostgres }]),
];

afterAll(async () => postgres?.close());

describe.each(STORES)('events with an ordering key, $name', ({ open }) => {
  let opened: OpenStore;
  let receiver: WebhookReceiver;
  let shop: ShopApp;

  beforeEach(async () => {
    opened = await open();
    receiver = await WebhookReceiver.start();
  });

  afterEach(async () => {
    await shop.app.close();
    await receiver.close();
    await opened.close();
  });

  async function start(options: WebhooksModuleOptions = {}): Promise<void> {
    const quiet = { sweepInterval: HOUR, attemptLog: 'none' } as const;
    shop = await startShop({ store: opened.store, ...quiet, ...options });
    await shop.webhooks.subscribe({ url: receiver.url, eventTypes: ['*'] });
  }

  async function send(options: { readonly orderingKey?: string } = {}): Promise<string> {
    return (await shop.webhooks.send('order.paid', ORDER, options)).eventId;
  }

  const arrived = (): string[] => receiver.requests.map(({ headers }) => headers['webhook-id']!);

  async function allEnded(): Promise<boolean> {
    const { items } = await shop.webhooks.deliveries.list({ status: 'pending', limit: 1 });
    return items.length === 0;
  }

  it('arrive in their order, whatever fails meanwhile', async () => {
    await start({ retry: fixed(Array.from({ length: 9 }, () => 5)), breaker: { failures: 100 } });
    receiver.next(
      ...Array.from({ length: 60 }, (_, n) => (n % 4 === 1 || n % 7 === 0 ? 503 : 204)),
    );
    const keys = ['a', 'b', 'c'];
    const sent = new Map(keys.map((key): [string, string[]] => [key, []]));
    for (let round = 0; round < 10; round++) {
      for (const orderingKey of keys) sent.get(orderingKey)!.push(await send({ orderingKey }));
    }
    await until(allEnded);
    for (const ids of sent.values()) {
      const order = arrived().filter((id) => ids.includes(id));
      expect(order.filter((id, index) => id !== order[index - 1])).toEqual(ids);
    }
  });

  it('wait for the one before, and hold up no others', async () => {
    receiver.next(503);
    await start({ retry: fixed([HOUR]) });
    const first = await send(KEY);
    await receiver.received(1);
    const second = await send(KEY);
    const others = [await send({ orderingKey: 'order 43' }), await send()];
    await receiver.received(3);
    expect(arrived().toSorted()).toEqual([first, ...others].toSorted());

    const log = async (eventId: string) =>
      (await shop.webhooks.deliveries.list({ eventId })).items[0]!;
    await until(async () => (await log(second)).nextAttemptAt === null);
    expect(await log(second)).toMatchObject({ ...KEY, status: 'pending', attemptCount: 0 });
    expect(await log(others[1]!)).toMatchObject({ orderingKey: null });

    await shop.webhooks.deliveries.redeliver((await log(first)).id);
    await receiver.received(5);
    expect(arrived().slice(3)).toEqual([first, second]);
  });

  it('go on when the one before was removed', async () => {
    receiver.next(503);
    await start({ retry: fixed([HOUR]) });
    const first = await send(KEY);
    const second = await send(KEY);
    await until(async () => {
      const { items } = await shop.webhooks.deliveries.list({ eventId: first });
      return (
        items[0]!.attemptCount === 1 && items[0]!.nextAttemptAt!.getTime() > Date.now() + 1_000
      );
    });
    await shop.webhooks.deliveries.expunge(first);
    await receiver.received(2);
    expect(arrived()).toEqual([first, second]);
  });

  it('keep the key of the first event when they are sent again', async () => {
    await start();
    const again = { idempotencyKey: 'paid 42' };
    const { eventId } = await shop.webhooks.send('order.paid', ORDER, { ...again, ...KEY });
    const other = { ...again, orderingKey: 'order 43' };
    expect(await shop.webhooks.send('order.paid', ORDER, other)).toMatchObject({ eventId });
    const { items } = await shop.webhooks.deliveries.list({ eventId });
    expect(items).toMatchObject([KEY]);
  });
});
