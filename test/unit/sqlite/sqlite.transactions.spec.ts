import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TENANT, wanting } from '../../../lib/testing/store-conformance/store.fixture.js';
import { SQLITE_DRIVERS, TestConnection } from '../../support/sqlite.driver.js';
import { TestFile, TestStore } from './support/test.file.js';

describe.each(SQLITE_DRIVERS)('send in a transaction on $name', (driver) => {
  let file: TestFile;
  let under: TestStore;
  let application: TestConnection;
  let woken: Promise<void>;

  beforeEach(async () => {
    file = new TestFile(driver);
    under = await file.migrated();
    application = file.connect();
    woken = new Promise((resolve) => void under.store.open(resolve));
    await under.on.subscribe({ eventTypes: ['*'] });
    await under.on.subscribe();
    application.exec('CREATE TABLE orders (id TEXT)');
  });

  afterEach(() => file.remove());

  const accept = (transaction: unknown, key: string | null = null) => {
    const idempotency = key === null ? null : { key, fingerprint: 'f' };
    const event = under.on.event({ idempotency });
    return under.store.accept(event, wanting(event.type, '*'), transaction);
  };

  const places: Readonly<Record<string, () => TestConnection>> = {
    'a connection of the application': () => application,
    "the store's own connection": () => under.database,
  };

  describe.each(Object.keys(places))('on %s', (place) => {
    it('is accepted by the commit, which wakes the worker', async () => {
      const connection = places[place]!();
      connection.exec('BEGIN IMMEDIATE');
      connection.exec("INSERT INTO orders VALUES ('o_1')");
      const { eventId, deliveryIds } = await accept(connection);
      connection.exec('COMMIT');
      await woken;
      expect(deliveryIds).toHaveLength(2);
      const { claims } = await under.on.claim();
      expect(claims.map(({ delivery }) => delivery.id).sort()).toEqual([...deliveryIds].sort());
      expect(claims.map(({ event }) => event.id)).toEqual([eventId, eventId]);
    });

    it('is gone with a rollback', async () => {
      const connection = places[place]!();
      connection.exec('BEGIN IMMEDIATE');
      await accept(connection, 'k');
      connection.exec('ROLLBACK');
      await woken;
      expect(await under.on.list()).toEqual([]);
      expect(await under.on.claim()).toMatchObject({ claims: [], nextDueIn: null });
      expect(await accept(undefined, 'k')).toMatchObject({ created: true });
    });

    it('leaves what the transaction did before when it fails', async () => {
      const connection = places[place]!();
      connection.exec('BEGIN IMMEDIATE');
      connection.exec("INSERT INTO orders VALUES ('o_1')");
      const event = under.on.event();
      const target = { subscriptionId: firstSubscription(connection) };
      await under.store.accept(event, target, connection);
      await expect(under.store.accept(event, target, connection)).rejects.toMatchObject({
        code: 'WEBHOOKS_SQLITE_FAILURE',
      });
      connection.exec('COMMIT');
      expect(connection.prepare('SELECT id FROM orders').all()).toHaveLength(1);
      expect(await under.on.list()).toHaveLength(1);
    });

    it("has the store's own work wait, so that a rollback takes none of it along", async () => {
      const connection = places[place]!();
      const { deliveryIds } = await accept(undefined);
      connection.exec('BEGIN IMMEDIATE');
      await accept(connection);
      let claimed = false;
      const work = [
        under.on.claim({ limit: 1 }).then(() => (claimed = true)),
        under.on.subscribe({ description: 'meanwhile' }),
        accept(undefined, 'meanwhile'),
      ];
      // Goes through the same queue, so that it would not come before what does not wait.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      expect(claimed).toBe(false);
      connection.exec('ROLLBACK');
      await Promise.all(work);
      const page = await under.store.listSubscriptions(TENANT, { after: null, limit: 10 });
      expect(page[0]!.description).toBe('meanwhile');
      expect(await under.on.list()).toHaveLength(2 + 3);
      const attempts = await Promise.all(deliveryIds.map((id) => under.on.attempts(id)));
      expect(attempts.flat()).toHaveLength(1);
    });
  });

  it('keeps an idempotency key once, across transactions', async () => {
    application.exec('BEGIN IMMEDIATE');
    const first = await accept(application, 'k');
    expect(await accept(application, 'k')).toMatchObject({ created: false });
    application.exec('COMMIT');
    expect(await accept(undefined, 'k')).toEqual({ ...first, created: false });
  });

  it('is refused without a transaction: by the application, or by what is given', async () => {
    const refused = { code: 'WEBHOOKS_INVALID_ARGUMENT', argument: 'transaction' };
    await expect(accept(application)).rejects.toMatchObject(refused);
    await expect(accept({ query: () => {} })).rejects.toMatchObject(refused);
    await expect(accept(null)).rejects.toMatchObject(refused);
    expect(await under.on.list()).toEqual([]);
  });

  it('is refused on a file without the tables', async () => {
    const other = driver.open(`${file.path}.other`);
    other.exec('BEGIN');
    await expect(accept(other)).rejects.toMatchObject({ code: 'WEBHOOKS_SQLITE_SCHEMA' });
    other.close();
  });

  it('that stays open keeps other work waiting as long as `busyTimeout`, and no longer', async () => {
    const { store, database, on } = file.store({ busyTimeout: 40 });
    await on.list();
    application.exec('BEGIN IMMEDIATE');
    await expect(store.accept(on.event(), wanting('*'))).rejects.toMatchObject({
      code: 'WEBHOOKS_SQLITE_BUSY',
      sameConnection: false,
    });
    expect(await on.list()).toEqual([]);
    application.exec('ROLLBACK');
    database.exec('BEGIN');
    await expect(on.list()).rejects.toMatchObject({
      code: 'WEBHOOKS_SQLITE_BUSY',
      sameConnection: true,
    });
    database.exec('ROLLBACK');
    expect(await on.list()).toEqual([]);
  });
});

/** A subscription, read on a connection whose transaction is open. */
function firstSubscription(connection: TestConnection): string {
  const row = connection.prepare('SELECT id FROM webhooks_subscriptions LIMIT 1').get();
  return (row as { readonly id: string }).id;
}
