import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SqliteWebhookStore } from '../../../lib/store/sqlite/index.js';
import {
  MINUTE,
  SUCCESS,
  TENANT,
  wanting,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { SQLITE_DRIVERS } from '../../support/sqlite.driver.js';
import { TestFile } from './support/test.file.js';

const key = (id: string) => ({ id, key: randomBytes(32) });

describe.each(SQLITE_DRIVERS)('SqliteWebhookStore on $name', (driver) => {
  let file: TestFile;

  beforeEach(() => {
    file = new TestFile(driver);
  });

  afterEach(() => file.remove());

  describe('its tables', () => {
    it('are made once by many that migrate at the same time', async () => {
      const stores = Array.from({ length: 8 }, () => file.store());
      const versions = await Promise.all(stores.map(({ store }) => store.migrate()));
      expect(new Set(versions)).toEqual(new Set([1]));
      const applied = stores[0]!.database.prepare('SELECT version FROM webhooks_migrations').all();
      expect(applied).toHaveLength(1);
    });

    it('are made at the start when asked for, and missed with the remedy when not', async () => {
      const without = file.store();
      await expect(without.store.open(() => {})).rejects.toMatchObject({
        code: 'WEBHOOKS_SQLITE_SCHEMA',
        found: 0,
        needed: 1,
        message: expect.stringContaining('migrateOnStart') as unknown,
      });
      await file.store({ migrateOnStart: true }).store.open(() => {});
      await expect(without.store.open(() => {})).resolves.toBeUndefined();
    });

    it('of a later release serve this one too', async () => {
      const { store, database, on } = await file.migrated();
      database.exec('INSERT INTO webhooks_migrations VALUES (99, 0)');
      expect(await store.migrate()).toBe(99);
      expect(await on.list()).toEqual([]);
    });

    it('of two prefixes do not see each other', async () => {
      const { on } = await file.migrated();
      const other = await file.migrated({ tablePrefix: 'other_' });
      await on.deliver(await on.subscribe());
      expect(await on.list()).toHaveLength(1);
      expect(await other.on.list()).toEqual([]);
    });
  });

  it.each([
    ['database', { database: {} as never }],
    ['tablePrefix', { tablePrefix: 'web hooks' }],
    ['tablePrefix', { tablePrefix: '' }],
    ['tablePrefix', { tablePrefix: '1a' }],
    ['synchronous', { synchronous: 'off' as never }],
    ['busyTimeout', { busyTimeout: -1 }],
  ])('refuses what %s cannot be', (argument, options) => {
    const database = file.connect();
    expect(() => new SqliteWebhookStore({ database, ...options })).toThrow(
      `Invalid \`${argument}\``,
    );
  });

  it.each([
    [undefined, 2],
    ['full', 2],
    ['normal', 1],
  ] as const)(
    'writes with synchronous %s as %d, to a write-ahead log',
    async (synchronous, level) => {
      const { database } = await file.migrated({ ...(synchronous && { synchronous }) });
      expect(database.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: level });
      expect(database.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    },
  );

  it('keeps an answer with characters that drivers cut it at', async () => {
    const { on } = await file.migrated();
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    await on.settle({ delivery }, { result: { ...SUCCESS, answer: 'a\0b\u{1f642}' } });
    const [attempt] = await on.attempts(delivery.id);
    expect(attempt!.result!.answer).toBe('a\ufffdb\u{1f642}');
  });

  it('undoes a call that fails, and no other that shares its commit', async () => {
    const { store, on } = await file.migrated();
    const record = await on.subscribe();
    const failure = new Error('it does not like the change');
    const update = store.updateSubscription(TENANT, record.id, () => {
      throw failure;
    });
    const accepted = on.accept();
    await expect(update).rejects.toBe(failure);
    expect((await accepted).deliveryIds).toHaveLength(1);
    expect(await on.list()).toHaveLength(1);
  });

  it('accepts what is sent in one turn, each with its own body', async () => {
    const { on } = await file.migrated();
    await on.subscribe();
    const bodies = ['', '{"id":"o_1"}', '', 'später 🙂', '{}'];
    await Promise.all(bodies.map((body) => on.accept({ body: Buffer.from(body) })));
    const { claims } = await on.claim();
    expect(claims.map(({ event }) => event.body.toString())).toEqual(bodies);
  });

  it('leaves out only the events of a turn that cannot be accepted', async () => {
    const { store, on } = await file.migrated();
    await on.subscribe();
    const event = on.event();
    const failure = new Error('it cannot be judged');
    const judged = { ...wanting(event.type), judgeAll: true };
    const refuse = (): boolean => {
      throw failure;
    };
    const sends = await Promise.allSettled([
      on.accept(),
      store.accept(event, wanting(event.type)),
      store.accept(event, wanting(event.type)),
      on.accept({}, { ...judged, admits: refuse }),
      on.accept(),
    ]);
    expect(sends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(sends[2]).toMatchObject({ reason: { code: 'WEBHOOKS_SQLITE_FAILURE' } });
    expect(sends[3]).toMatchObject({ reason: failure });
    expect(await on.list()).toHaveLength(3);
  });

  it('changes nothing when the disk is full, and goes on when it is not', async () => {
    const { on, database } = await file.migrated();
    await on.subscribe();
    await on.list();
    const pages = database.prepare('PRAGMA page_count').get() as { readonly page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages.page_count + 4}`);
    const body = Buffer.alloc(100_000);
    const sends = await Promise.allSettled([on.accept(), on.accept({ body }), on.accept()]);
    for (const sent of sends.filter(({ status }) => status === 'rejected')) {
      expect(sent).toMatchObject({ reason: { code: 'WEBHOOKS_SQLITE_FAILURE' } });
    }
    expect(sends[1].status).toBe('rejected');
    const kept = sends.filter(({ status }) => status === 'fulfilled');
    expect(await on.list()).toHaveLength(kept.length);
    database.exec('PRAGMA max_page_count = 1000000');
    await on.accept({ body });
    expect(await on.list()).toHaveLength(kept.length + 1);
  });

  it('says that the connection was closed', async () => {
    const { on, database } = await file.migrated();
    await on.list();
    file.disconnect(database);
    await expect(on.accept()).rejects.toMatchObject({ code: 'WEBHOOKS_SQLITE_FAILURE' });
    await expect(on.list()).rejects.toMatchObject({ code: 'WEBHOOKS_SQLITE_FAILURE' });
  });

  it('leaves nothing of an expunged body in the file', async () => {
    const { store, on, database } = await file.migrated();
    const subscription = await on.subscribe();
    const claim = await on.hold(
      await on.deliver(subscription, { body: Buffer.from('{"name":"hunter2"}') }),
    );
    await on.settle(claim, { result: { ...SUCCESS, answer: 'hello hunter2' } });
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const bytes = () => readFileSync(file.path).toString('latin1');
    expect(bytes()).toContain('hunter2');
    await store.expunge(TENANT, claim.event.id);
    expect(bytes() + readFileSync(`${file.path}-wal`).toString('latin1')).not.toContain('hunter2');
  });

  it('purges more than a batch in one call', async () => {
    const { store, on } = await file.migrated({ synchronous: 'normal' });
    await Promise.all(Array.from({ length: 250 }, () => on.accept()));
    await on.pass(2);
    expect(await store.purge(0, 1_000)).toBe(250);
    expect(await store.purge(0, 1_000)).toBe(0);
  });

  describe('secrets and headers', () => {
    const secrets = [{ value: 'whsec_hunter2', createdAt: 1, expiresAt: null }];
    const headers = { authorization: 'Bearer hunter2' };

    it('are encrypted at rest, and anew after a change of keys', async () => {
      const [old, fresh] = [key('2025'), key('2026')];
      const { on, database } = await file.migrated({ encryptionKeys: [old] });
      const record = await on.subscribe({ secrets, headers });
      const stored = (): string =>
        JSON.stringify(
          database.prepare('SELECT headers, secrets FROM webhooks_subscriptions').all(),
        );
      expect(stored()).not.toContain('hunter2');
      const { store: both } = file.store({ encryptionKeys: [fresh, old] });
      expect(await both.getSubscription(TENANT, record.id)).toEqual(record);
      expect(await both.reencrypt()).toBe(1);
      expect(await both.reencrypt()).toBe(0);
      expect(stored()).not.toContain('2025');
      const { store: later } = file.store({ encryptionKeys: [fresh] });
      expect(await later.getSubscription(TENANT, record.id)).toEqual(record);
    });

    it('that cannot be read end their deliveries, and hold up no other', async () => {
      const { on } = await file.migrated();
      const healthy = await on.subscribe();
      const sealed = file.store({ encryptionKeys: [key('gone')] });
      const filter = { field: 'total', op: 'gt', value: 10 } as const;
      const poisoned = await sealed.on.subscribe({ filter });
      const held = await sealed.on.hold(await sealed.on.deliver(poisoned), { lease: 1 });
      const { deliveryIds } = await on.store.accept(on.event(), wanting('order.paid'));
      expect(deliveryIds).toHaveLength(2);
      const { claims } = await on.claim();
      expect(claims.map(({ delivery }) => delivery.subscriptionId)).toEqual([healthy.id]);
      await on.pass(2);
      expect(await on.store.claimAbandoned(10, MINUTE)).toEqual([]);
      const ended = await on.store.listDeliveries(
        TENANT,
        { subscriptionId: poisoned.id },
        { after: null, limit: 10 },
      );
      expect(ended).toHaveLength(2);
      for (const { status, reason } of ended) {
        expect({ status, reason }).toEqual({
          status: 'exhausted',
          reason: 'its subscription cannot be read from the store',
        });
      }
      const [attempt] = await on.attempts(held.delivery.id);
      expect(attempt!.result).toMatchObject({ outcome: 'unknown' });
    });
  });
});
