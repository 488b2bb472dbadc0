import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  settlement,
  StoreFixture,
  SUCCESS,
  wanting,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import type { DeliveryFilter } from '../../../lib/store/webhook.store.js';
import { SqliteWebhookStore } from '../../../lib/store/sqlite/index.js';
import { SQLITE_DRIVERS, TestConnection } from '../../support/sqlite.driver.js';
import { ExplainingDatabase } from './support/explaining.database.js';
import { TestFile } from './support/test.file.js';

const DELIVERIES = 1_000_000;
const SUBSCRIPTIONS = 2_000;
const PAGE = { after: null, limit: 50 };

const id = (prefix: string, number: number): string =>
  `${prefix}_${String(number).padStart(32, '0')}`;
const idExpression = (prefix: string, number: string): string =>
  `'${prefix}_' || printf('%032d', ${number})`;

const list = (filter: DeliveryFilter) => (on: StoreFixture) =>
  on.store.listDeliveries('t7', filter, PAGE);

const numbers = (count: number): string => `WITH RECURSIVE numbers (n) AS (
  SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;

describe.each(SQLITE_DRIVERS)('with a million deliveries on $name', (driver) => {
  const file = new TestFile(driver);
  let database: TestConnection;

  beforeAll(async () => {
    ({ database } = await file.migrated({ synchronous: 'normal' }));
    fill(database);
  }, 240_000);

  afterAll(() => file.remove());

  const backfill = {
    subscriptionId: id('sub', 7),
    since: 0,
    until: 10 ** 15,
    patterns: ['*'],
    admits: () => true,
    after: null,
    limit: 100,
  };

  let firstOfLine = { id: id('dlv', 1), attempts: 1 };

  const calls: Readonly<Record<string, (on: StoreFixture) => Promise<unknown>>> = {
    accept: (on) => on.accept({ tenant: 't7' }, wanting('order.paid', '*')),
    'accept, with a key': async (on) => {
      const idempotency = { key: 'k', fingerprint: 'f' };
      await on.accept({ tenant: 't7', idempotency }, wanting('*'));
      await on.accept({ tenant: 't7', idempotency }, wanting('*'));
    },
    claim: async (on) => {
      const { claims } = await on.claim({ limit: 64, laterShare: 32, perSubscription: 8 });
      expect(claims).toHaveLength(64);
    },
    'claim past a subscription without room': async (on) => {
      const room = new Map([[id('sub', 1), 0]]);
      const { claims } = await on.claim({ limit: 8, laterShare: 4, perSubscription: 8, room });
      expect(claims).toHaveLength(8);
    },
    'claim of given deliveries': (on) =>
      on.claim({ deliveryIds: Array.from({ length: 64 }, (_, n) => id('dlv', 150_000 + n)) }),
    settle: async (on) => {
      const { claims } = await on.claim({ limit: 64, laterShare: 32, perSubscription: 8 });
      const end = { result: SUCCESS, next: { status: 'succeeded', reason: null } } as const;
      await on.store.settle(
        claims.map(({ delivery }, index) => settlement(delivery, index % 2 === 0 ? end : {})),
      );
    },
    'accept, settle and claim in a long line': async (on) => {
      const subscription = on.subscription({ id: id('sub', 1), tenant: 't1' });
      const waiting = await on.deliver(subscription, { orderingKey: 'k' });
      expect((await on.delivery(waiting, 't1')).dueAt).toBeNull();
      const [settled] = await on.store.settle([settlement(firstOfLine)]);
      const next = await on.hold(settled!.released!, { lease: 10 ** 12 });
      firstOfLine = next.delivery;
    },
    'disabling settlement': async (on) => {
      const { claims } = await on.claim({ limit: 1, laterShare: 1 });
      await on.store.settle([settlement(claims[0]!.delivery, { disable: 'gone' })]);
    },
    'sweep of abandoned attempts': async (on) => {
      await on.claim({ limit: 8, lease: -1 });
      expect(await on.store.claimAbandoned(100, 60_000)).toHaveLength(8);
    },
    'list by tenant': list({}),
    'list by subscription': list({ subscriptionId: id('sub', 7) }),
    'list by subscription with a long backlog': list({ subscriptionId: id('sub', 1) }),
    'list by event': list({ eventId: id('evt', 77) }),
    'list by status': list({ status: 'exhausted' }),
    'list by subscription and status': list({ subscriptionId: id('sub', 7), status: 'exhausted' }),
    'list by subscription and event': list({
      subscriptionId: id('sub', 7),
      eventId: id('evt', 77),
    }),
    'list by time': list({ since: 1, until: 10 ** 12 }),
    'get a delivery': (on) => on.store.getDelivery('t7', id('dlv', 77)),
    restart: (on) => on.store.restartDelivery('t7', id('dlv', 87)),
    recover: (on) => on.store.recover('t7', backfill),
    replay: (on) => on.store.replay('t7', backfill),
    expunge: (on) => on.store.expunge('t7', id('evt', 77)),
    'purge with nothing to do': (on) => on.store.purge(10 ** 14, 1_000),
    purge: (on) => on.store.purge(0, 50),
    'end of a subscription': async (on) => {
      await on.store.deleteSubscription('t9', id('sub', 9));
      await on.store.cancelWaiting(100);
    },
  };

  describe.each(['no', 'fresh', 'outdated'])('with %s statistics', (statistics) => {
    beforeAll(() => {
      if (statistics === 'fresh') database.exec('ANALYZE');
      // As of when there were some rows in each table.
      if (statistics === 'outdated') database.exec(`UPDATE sqlite_stat1 SET stat = '20 1 1 1 1 1'`);
    }, 60_000);

    it.each(Object.keys(calls))('%s searches indexes alone', async (call) => {
      const explaining = new ExplainingDatabase(database, file.connect());
      const store = new SqliteWebhookStore({ database: explaining });
      await calls[call]!(new StoreFixture(store, undefined));
      expect(explaining.plans.length).toBeGreaterThan(0);
      // A list that comes from the statement itself has no index.
      const scans = explaining.plans.filter((plan) => /\bSCAN (?!json_each|\()/.test(plan));
      expect(scans).toEqual([]);
    });

    it.each(
      Object.keys(calls).filter((call) => /^list by (?!.*event)|^claim$|long line$/.test(call)),
    )('%s sorts nothing', async (call) => {
      const explaining = new ExplainingDatabase(database, file.connect());
      const store = new SqliteWebhookStore({ database: explaining });
      await calls[call]!(new StoreFixture(store, undefined));
      expect(explaining.plans.filter((plan) => plan.includes('TEMP B-TREE'))).toEqual([]);
    });
  });
});

/**
 * Half of the deliveries are pending, a third of those again and a third to one subscription; half of
 * these stand in one line behind the first, which is in flight.
 */
function fill(database: TestConnection): void {
  // Several times faster than to keep them up to date meanwhile.
  const indexes = dropIndexes(database);
  const subscription = `CASE WHEN n % 6 = 1 THEN 1 ELSE n % ${SUBSCRIPTIONS} + 1 END`;
  database.exec(`BEGIN;
    INSERT INTO webhooks_subscriptions ${numbers(SUBSCRIPTIONS)}
    SELECT ${idExpression('sub', 'n')}, 't' || (n % 10), 'http://receiver.example', '["order.*","*"]',
      '', '{}', '{}', '[]', '{}', NULL, NULL, NULL, NULL, 'enabled', NULL, NULL, NULL, 0, 0, 0
    FROM numbers;
    INSERT INTO webhooks_patterns SELECT s.tenant, wanted.value, s.id
    FROM webhooks_subscriptions s, json_each(s.event_types) wanted;
    INSERT INTO webhooks_events ${numbers(DELIVERIES)}
    SELECT ${idExpression('evt', 'n')}, 'order.paid', 't' || (n % 10), 'post', n, NULL, NULL, NULL, n % 2,
      CASE WHEN n % 2 = 0 THEN n END
    FROM numbers;
    INSERT INTO webhooks_bodies SELECT id, '{}' FROM webhooks_events;
    INSERT INTO webhooks_deliveries ${numbers(DELIVERIES)}
    SELECT ${idExpression('dlv', 'n')}, ${idExpression('evt', 'n')}, 'order.paid',
      ${idExpression('sub', subscription)}, 't' || (n % 10),
      CASE WHEN n % 2 = 1 THEN 'pending' WHEN n % 100 = 0 THEN 'exhausted' ELSE 'succeeded' END,
      NULL, n % 2 = 0 OR n = 1, n % 2 = 0 OR n = 1, 0,
      CASE WHEN n % 12 = 1 THEN 'k' END, CASE WHEN n % 12 = 1 THEN n END,
      CASE WHEN n % 2 = 1 AND n % 12 <> 1 THEN n END, n, CASE WHEN n % 2 = 0 THEN n END, 0,
      CASE WHEN n = 1 THEN NULL WHEN n % 12 = 1 THEN 2 WHEN n % 2 = 1 THEN n % 3 = 0 END,
      CASE WHEN n = 1 THEN 1000000000000000 END
    FROM numbers;
    INSERT INTO webhooks_queues SELECT subscription_id, queue, min(due_at)
    FROM webhooks_deliveries WHERE queue IN (0, 1) GROUP BY 1, 2;
    INSERT INTO webhooks_attempts SELECT id, 1, 0, 'success', 1, 200, '', NULL
    FROM webhooks_deliveries WHERE attempts = 1;
    ${indexes.join('; ')};
    COMMIT`);
}

/** @returns what makes them again */
function dropIndexes(database: TestConnection): string[] {
  const made = database
    .prepare(
      `SELECT name, sql FROM sqlite_master
       WHERE tbl_name IN ('webhooks_events', 'webhooks_deliveries') AND type = 'index' AND sql <> ''`,
    )
    .all() as { readonly name: string; readonly sql: string }[];
  for (const { name } of made) database.exec(`DROP INDEX ${name}`);
  return made.map(({ sql }) => sql);
}
