import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  PostgresWebhookStore,
  PostgresWebhookStoreOptions,
} from '../../../lib/store/postgres/index.js';
import {
  StoreFixture,
  SUCCESS,
  TENANT,
  wanting,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { ListeningPool } from './support/listening.pool.js';
import { openStore, TestStore } from './support/test.store.js';

const database = await TestDatabase.open();

const DURABILITY = join(import.meta.dirname, '../../../docs/durability.md');

const key = (id: string) => ({ id, key: randomBytes(32) });

(database === null ? describe.skip : describe)('PostgresWebhookStore', () => {
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

  describe('its tables', () => {
    it('are made once by many that migrate at the same time', async () => {
      const schema = database!.schema();
      const stores = Array.from(
        { length: 8 },
        () => new PostgresWebhookStore(pool, { schema, listen: false }),
      );
      expect(new Set(await Promise.all(stores.map((store) => store.migrate()))).size).toBe(1);
      const { rows } = await pool.query(`SELECT version FROM ${schema}.migrations`);
      expect(rows).toEqual([{ version: 1 }]);
    });

    it('are made at the start when asked for', async () => {
      const options = { schema: database!.schema(), listen: false };
      const without = new PostgresWebhookStore(pool, options);
      await expect(without.open(() => {})).rejects.toMatchObject({
        code: 'WEBHOOKS_SCHEMA_OUTDATED',
        found: 0,
        needed: 1,
        message: expect.stringContaining('migrateOnStart') as unknown,
      });
      await new PostgresWebhookStore(pool, { ...options, migrateOnStart: true }).open(() => {});
      await expect(without.open(() => {})).resolves.toBeUndefined();
    });

    it('are made by a user that may only use its schema, when there is one', async () => {
      const schema = database!.schema();
      await pool.query(`CREATE ROLE ${schema} LOGIN PASSWORD 'p'`);
      await pool.query(`CREATE SCHEMA ${schema} AUTHORIZATION ${schema}`);
      const url = new URL(database!.url);
      url.username = schema;
      url.password = 'p';
      const theirs = new pg.Pool({ connectionString: url.href });
      const store = new PostgresWebhookStore(theirs, { schema, listen: false });
      await expect(store.migrate()).resolves.toBe(1);
      const refused = new PostgresWebhookStore(theirs, { schema: 'webhooks_not_theirs' });
      await expect(refused.migrate()).rejects.toMatchObject({ sqlState: '42501' });
      await theirs.end();
      await pool.query(`DROP SCHEMA ${schema} CASCADE; DROP ROLE ${schema}`);
    });

    it('are used by another user with the rights that the documentation names', async () => {
      const { schema } = await start();
      await pool.query(`CREATE ROLE ${schema} LOGIN PASSWORD 'p'`);
      const grants = /```sql\n(GRANT[^`]+)```/.exec(readFileSync(DURABILITY, 'utf8'))![1]!;
      await pool.query(
        grants.replaceAll('SCHEMA webhooks', `SCHEMA ${schema}`).replaceAll('application', schema),
      );
      const url = new URL(database!.url);
      url.username = schema;
      url.password = 'p';
      const theirs = new pg.Pool({ connectionString: url.href });
      const store = new PostgresWebhookStore(theirs, { schema, listen: false });
      await store.open(() => {});
      const on = new StoreFixture(store, undefined);
      const { id } = await on.subscribe({ eventTypes: ['*'] });
      await on.accept({ orderingKey: 'k' }, wanting('*'));
      const { claims } = await on.claim();
      const end = { result: SUCCESS, next: { status: 'succeeded', reason: null } } as const;
      await on.settle(claims[0]!, end);
      await store.recover(TENANT, {
        subscriptionId: id,
        since: 0,
        until: 10 ** 15,
        patterns: ['*'],
        admits: () => true,
        after: null,
        limit: 10,
      });
      await store.noteReplica('r', 1_000);
      expect(await on.list({ status: 'succeeded' })).toEqual([claims[0]!.delivery.id]);
      await store.deleteSubscription(TENANT, id);
      await store.cancelWaiting(10);
      await store.releaseStranded(10);
      await store.purge(0, 10);
      await theirs.end();
      await pool.query(`DROP OWNED BY ${schema}; DROP ROLE ${schema}`);
    });

    it('are missed with the remedy', async () => {
      const store = new PostgresWebhookStore(pool, { schema: database!.schema() });
      await expect(new StoreFixture(store, undefined).accept()).rejects.toMatchObject({
        sqlState: '3F000',
        message: expect.stringContaining('migrate()') as unknown,
      });
    });

    it.each(['', 'Webhooks', 'web hooks', '1a', 'pg_webhooks', 'a"b', 'a'.repeat(48)])(
      'are in no schema named %j',
      (schema) => {
        expect(() => new PostgresWebhookStore(pool, { schema })).toThrow('Invalid `schema`');
      },
    );

    it('need a pool, with room for the connection that listens', () => {
      const one = database!.pool({ max: 1 });
      expect(() => new PostgresWebhookStore(one)).toThrow('listen: false');
      expect(() => new PostgresWebhookStore(one, { listen: false })).not.toThrow();
      expect(() => new PostgresWebhookStore({} as pg.Pool)).toThrow('Give a Pool of pg');
    });
  });

  it('keeps an answer with characters that the database refuses', async () => {
    const { on } = await start();
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const answer = 'a\0b\ud800c\u{1f642}';
    await on.settle({ delivery }, { result: { ...SUCCESS, answer } });
    const [attempt] = await on.attempts(delivery.id);
    expect(attempt!.result!.answer).toBe('a\ufffdb\ufffdc\u{1f642}');
  });

  it('fans out to 10,000 subscriptions in one round trip', async () => {
    const { on, schema, store } = await start();
    await pool.query(`INSERT INTO ${schema}.subscriptions
      SELECT 'sub_' || lpad(n::text, 32, '0'), '${TENANT}', 'http://receiver.example', '{*}', '',
        '{}', '{}', '[]', '{}', NULL, NULL, NULL, NULL, 'enabled', NULL, NULL, NULL, 0, 0, 0,
        ARRAY['* ${TENANT}']
      FROM generate_series(1, 10000) n`);
    const listening = new ListeningPool(pool);
    const counted = new PostgresWebhookStore(listening, { schema, listen: false });
    const { deliveryIds } = await counted.accept(on.event(), wanting('*'));
    expect(new Set(deliveryIds).size).toBe(10_000);
    expect(listening.statements).toHaveLength(1);
    const page = await store.listDeliveries(TENANT, {}, { after: null, limit: 20_000 });
    expect(page).toHaveLength(10_000);
  });

  describe('secrets and headers', () => {
    const secrets = [{ value: 'whsec_hunter2', createdAt: 1, expiresAt: null }];
    const headers = { authorization: 'Bearer hunter2' };

    it('are encrypted at rest, and anew after a change of keys', async () => {
      const [old, fresh] = [key('2025'), key('2026')];
      const { on, schema } = await start({ encryptionKeys: [old] });
      const record = await on.subscribe({ secrets, headers });
      const stored = async (): Promise<string> => {
        const { rows } = await pool.query(`SELECT headers, secrets FROM ${schema}.subscriptions`);
        return JSON.stringify(rows);
      };
      expect(await stored()).not.toContain('hunter2');
      const options = { schema, listen: false };
      const both = new PostgresWebhookStore(pool, { ...options, encryptionKeys: [fresh, old] });
      expect(await both.getSubscription(TENANT, record.id)).toEqual(record);
      expect(await both.reencrypt()).toBe(1);
      expect(await both.reencrypt()).toBe(0);
      expect(await stored()).not.toContain('2025');
      const later = new PostgresWebhookStore(pool, { ...options, encryptionKeys: [fresh] });
      expect(await later.getSubscription(TENANT, record.id)).toEqual(record);
    });

    it('that cannot be read end their deliveries, and hold up no other', async () => {
      const { on, schema } = await start();
      const healthy = await on.subscribe();
      const sealed = await openStore(
        database!,
        { schema, listen: false, encryptionKeys: [key('gone')] },
        pool,
      );
      const filter = { field: 'total', op: 'gt', value: 10 } as const;
      const poisoned = new StoreFixture(sealed.store, undefined);
      const { id: subscriptionId } = await poisoned.subscribe({ filter });
      const { deliveryIds } = await on.accept();
      expect(deliveryIds).toHaveLength(2);
      const { claims } = await on.claim();
      expect(claims.map(({ subscription }) => subscription)).toEqual([healthy]);
      const [lost] = await on.store.listDeliveries(
        TENANT,
        { subscriptionId },
        {
          after: null,
          limit: 1,
        },
      );
      expect(lost).toMatchObject({
        status: 'exhausted',
        reason: 'its subscription cannot be read from the store',
      });
      const [attempt] = await on.attempts(lost!.id);
      expect(attempt!.result).toMatchObject({ outcome: 'unknown' });
    });
  });
});
