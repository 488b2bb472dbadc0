import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/postgresql';
import { drizzle } from 'drizzle-orm/node-postgres';
import knex, { Knex } from 'knex';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { StoreFixture, wanting } from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore, TestStore } from './support/test.store.js';

const database = await TestDatabase.open();

/** Runs `work` in a transaction of a client; one that rejects is rolled back. */
type Transaction = (work: (transaction: unknown) => Promise<void>) => Promise<unknown>;

(database === null ? describe.skip : describe)('send in a transaction', () => {
  let pool: pg.Pool;
  let typeOrm: DataSource;
  let knexClient: Knex;
  let kysely: Kysely<unknown>;
  let mikroOrm: MikroORM;
  let under: TestStore;
  let on: StoreFixture;

  const clients: Readonly<Record<string, Transaction>> = {
    pg: async (work) => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await work(client);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    'TypeORM, by its EntityManager': (work) => typeOrm.transaction(work),
    'TypeORM, by a QueryRunner': (work) =>
      typeOrm.transaction((manager) => work(manager.queryRunner)),
    Drizzle: (work) => drizzle(pool).transaction(work),
    Knex: (work) => knexClient.transaction(work),
    Kysely: (work) => kysely.transaction().execute(work),
    MikroORM: (work) => mikroOrm.em.fork().transactional(work),
    'anything with a query(sql, params)': (work) =>
      clients['pg']!(async (client) =>
        work({
          query: async (sql: string, params: unknown[]) =>
            (await (client as pg.PoolClient).query(sql, params)).rows,
        }),
      ),
  };

  beforeAll(async () => {
    const { url } = database!;
    pool = database!.pool();
    typeOrm = await new DataSource({ type: 'postgres', url }).initialize();
    knexClient = knex({ client: 'pg', connection: url });
    kysely = new Kysely({ dialect: new PostgresDialect({ pool }) });
    mikroOrm = await MikroORM.init({
      clientUrl: url,
      entities: [],
      discovery: { warnWhenNoEntities: false },
    });
  });

  afterAll(async () => {
    await Promise.all([typeOrm.destroy(), knexClient.destroy(), mikroOrm.close()]);
    await database!.close();
  });

  beforeEach(async () => {
    under = await openStore(database!, {}, pool);
    on = new StoreFixture(under.store, undefined);
    await on.subscribe({ eventTypes: ['*'] });
    await on.subscribe({ filter: { field: 'total', op: 'gt', value: 10 } });
  });

  afterEach(() => under.store.close());

  const accept = (transaction: unknown, key: string | null = null) => {
    const idempotency = key === null ? null : { key, fingerprint: `f '${key}` };
    const event = on.event({ idempotency, body: Buffer.from([0, 255, 34, 92, 195]) });
    return under.store.accept(event, wanting('order.paid', '*'), transaction);
  };

  it.each(Object.keys(clients))('is accepted by a commit, as one event: %s', async (client) => {
    const key = 'it\'s "$1" ? \\ €';
    await clients[client]!(async (transaction) => {
      const first = await accept(transaction, key);
      expect(first).toMatchObject({ created: true, fingerprint: `f '${key}` });
      expect(first.deliveryIds).toHaveLength(2);
      const again = await accept(transaction, key);
      expect(again).toEqual({ ...first, created: false });
      // No other connection sees it yet.
      expect(await on.list()).toEqual([]);
      expect((await on.claim()).claims).toEqual([]);
    });
    const { claims } = await on.claim();
    expect(claims).toHaveLength(2);
    expect(claims[0]!.event.body).toEqual(Buffer.from([0, 255, 34, 92, 195]));
  });

  it.each(Object.keys(clients))('is undone by a rollback: %s', async (client) => {
    const undone = new Error('the order could not be saved');
    const transaction = clients[client]!(async (given) => {
      expect((await accept(given, 'key')).created).toBe(true);
      throw undone;
    });
    await expect(transaction).rejects.toBe(undone);
    expect((await on.claim()).claims).toEqual([]);
    expect((await accept(undefined, 'key')).created).toBe(true);
  });

  it.each(Object.keys(clients))('wakes every process by the commit: %s', async (client) => {
    const wakes = new EventEmitter();
    const woken = once(wakes, 'wake');
    let count = 0;
    wakes.on('wake', () => count++);
    await under.store.open(() => wakes.emit('wake'));
    await clients[client]!(async (transaction) => {
      await accept(transaction);
      expect(count).toBe(0);
    });
    await woken;
    expect((await on.claim()).claims).toHaveLength(2);
  });

  it.each(Object.keys(clients))('fails typed, without a value in it: %s', async (client) => {
    const transaction = clients[client]!(async (given) => {
      const event = on.event({ body: Buffer.from('hunter2'), tenant: 'hunter2' });
      await under.store.accept(event, wanting('*'), given);
      await under.store.accept(event, wanting('*'), given);
    });
    const error = await transaction.then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ code: 'WEBHOOKS_POSTGRES', sqlState: '23505' });
    expect(JSON.stringify([error, error!.message, error!.cause, String(error!.cause)])).not.toMatch(
      /hunter2|aHVudGVyMg/,
    );
  });

  it('is refused for what is no open transaction, with the remedy', async () => {
    const notOne = [
      pool,
      typeOrm,
      typeOrm.manager,
      typeOrm.createQueryRunner(),
      drizzle(pool),
      knexClient,
      kysely,
      mikroOrm.em,
      {},
      null,
      'BEGIN',
      () => {},
    ];
    for (const transaction of notOne) {
      await expect(accept(transaction)).rejects.toMatchObject({
        code: 'WEBHOOKS_UNKNOWN_TRANSACTION',
        message: expect.stringContaining('query: async (sql, params) => rows') as unknown,
      });
    }
    expect(await on.list()).toEqual([]);
  });
});
