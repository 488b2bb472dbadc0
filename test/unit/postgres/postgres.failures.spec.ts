import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  PostgresWebhookStore,
  PostgresWebhookStoreOptions,
} from '../../../lib/store/postgres/index.js';
import { StoreFixture, TENANT } from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore, TestStore } from './support/test.store.js';

const database = await TestDatabase.open();

/** A message of PostgreSQL's protocol. */
function message(type: string, ...parts: readonly string[]): Buffer {
  const content = Buffer.from(parts.join(''), 'latin1');
  const size = Buffer.alloc(4);
  size.writeInt32BE(4 + content.length);
  return Buffer.concat([Buffer.from(type), size, content]);
}

(database === null ? describe.skip : describe)(
  'PostgresWebhookStore on a database that fails',
  () => {
    let pool: pg.Pool;

    beforeAll(() => {
      pool = database!.pool();
    });

    afterAll(async () => database!.close());

    async function start(
      options: PostgresWebhookStoreOptions = {},
    ): Promise<TestStore & { readonly on: StoreFixture }> {
      const under = await openStore(database!, { listen: false, ...options }, pool);
      return { ...under, on: new StoreFixture(under.store, undefined) };
    }

    async function failing(options: pg.PoolConfig): Promise<StoreFixture> {
      const { schema } = await start();
      const store = new PostgresWebhookStore(database!.pool(options), { schema, listen: false });
      return new StoreFixture(store, undefined);
    }

    it('read-only: rejects and accepts nothing', async () => {
      const on = await failing({ options: '-c default_transaction_read_only=on' });
      await expect(on.accept()).rejects.toMatchObject({
        code: 'WEBHOOKS_POSTGRES',
        sqlState: '25006',
        message: expect.stringContaining('primary') as unknown,
      });
      expect(await on.list()).toEqual([]);
    });

    it('without a free connection: rejects, and works as soon as one is free', async () => {
      const { schema } = await start();
      const small = database!.pool({ max: 1, connectionTimeoutMillis: 1_000 });
      const store = new PostgresWebhookStore(small, { schema, listen: false });
      const on = new StoreFixture(store, undefined);
      const held = await small.connect();
      await expect(on.accept()).rejects.toMatchObject({
        code: 'WEBHOOKS_POSTGRES',
        sqlState: null,
        message: expect.stringContaining('`max`') as unknown,
        cause: { message: expect.stringContaining('timeout') as unknown },
      });
      held.release();
      expect((await on.accept()).created).toBe(true);
    });

    it('ended in the same moment in which it was ready: rejects, and the process goes on', async () => {
      const farewell = message('E', 'SFATAL\0', 'C57P01\0', 'Mterminating connection\0', '\0');
      const welcome = [message('R', '\0\0\0\0'), message('Z', 'I'), farewell];
      const server = createServer((socket) => {
        socket.once('data', () => socket.end(Buffer.concat(welcome)));
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const on = await failing({ connectionString: `postgresql://x@127.0.0.1:${port}/x` });
      await expect(on.accept()).rejects.toMatchObject({ code: 'WEBHOOKS_POSTGRES' });
      server.close();
    });

    it('gone: rejects', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      server.close();
      const on = await failing({ connectionString: `postgresql://x@127.0.0.1:${port}/x` });
      await expect(on.accept()).rejects.toMatchObject({
        sqlState: null,
        message: expect.stringContaining('ECONNREFUSED') as unknown,
      });
    });

    it('whose connections are dead without a word: rejects in time, and the next call works', async () => {
      const { schema } = await start();
      const { hostname, port } = new URL(database!.url);
      let isDead = false;
      let isDeadFor: (socket: Socket) => boolean = () => isDead;
      const sockets: Socket[] = [];
      const between = createServer((near) => {
        const far = connect(Number(port), hostname);
        near.on('data', (data) => void (isDeadFor(near) || far.write(data)));
        far.on('data', (data) => void (isDeadFor(near) || near.write(data)));
        for (const socket of [near, far]) {
          sockets.push(socket);
          socket.on('error', () => {});
          socket.on('close', () => [near, far].forEach((other) => other.destroy()));
        }
      }).listen(0, '127.0.0.1');
      await once(between, 'listening');
      const url = new URL(database!.url);
      url.port = String((between.address() as AddressInfo).port);
      const dying = database!.pool({ connectionString: url.href });
      const store = new PostgresWebhookStore(dying, {
        schema,
        listen: false,
        statementTimeout: 200,
      });
      const on = new StoreFixture(store, undefined);
      await on.accept();
      isDead = true;
      const inTime = { sqlState: null, cause: { message: 'no answer in 200 ms' } };
      // On the connection that was there, on a new one, and in a transaction.
      await expect(on.accept()).rejects.toMatchObject(inTime);
      await expect(on.accept()).rejects.toMatchObject(inTime);
      await expect(store.deleteSubscription(TENANT, 'sub_1')).rejects.toMatchObject(inTime);
      isDead = false;
      expect((await on.accept()).created).toBe(true);

      // Four that are idle, of which only one is found out.
      await Promise.all(Array.from({ length: 4 }, () => on.list()));
      expect(dying.idleCount).toBe(4);
      const forgotten = new Set(sockets);
      isDeadFor = (socket) => forgotten.has(socket);
      await expect(on.accept()).rejects.toMatchObject(inTime);
      expect(await Promise.all([on.list(), on.list(), on.list()])).toHaveLength(3);
      for (const socket of sockets) socket.destroy();
      between.close();
    });

    it('whose connection is cut in a transaction: rejects, undone, and the next call works', async () => {
      const { on, schema } = await start();
      const record = await on.subscribe();
      const cut = {
        connect: async () => {
          const client = await pool.connect();
          const query = client.query.bind(client) as (
            config: pg.QueryConfig,
          ) => Promise<pg.QueryResult>;
          const { rows } = await query({ text: 'SELECT pg_backend_pid() AS pid' });
          const { pid } = (rows as { pid: number }[])[0]!;
          return {
            query: async (config: pg.QueryConfig) => {
              if (config.text.startsWith('UPDATE')) {
                const ended = once(client, 'end');
                await database!.admin.query('SELECT pg_terminate_backend($1)', [pid]);
                await ended;
              }
              return query(config);
            },
            on: client.on.bind(client),
            removeListener: client.removeListener.bind(client),
            release: (destroy?: boolean) => client.release(destroy),
          };
        },
        on: () => {},
      };
      const store = new PostgresWebhookStore(cut, { schema, listen: false });
      const update = store.updateSubscription(TENANT, record.id, (current) => ({
        ...current,
        description: 'changed',
      }));
      await expect(update).rejects.toMatchObject({ code: 'WEBHOOKS_POSTGRES' });
      expect(await store.getSubscription(TENANT, record.id)).toEqual(record);
    });
  },
);
