import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { PostgresWebhookStore } from '../../../lib/store/postgres/index.js';
import {
  settlement,
  StoreFixture,
  SUCCESS,
  wanting,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { CountingPool } from './support/counting.pool.js';
import { fill, freshTables, id, tablesIn } from './support/large.tables.js';
import { openStore } from './support/test.store.js';

const database = await TestDatabase.open();

const DELIVERIES = 1_000_000;
/** Of a million: what the call with the most work reads is two for each subscription. */
const MOST_ROWS = 10_000;
/** Asked for by people: these may read a tenant's rows until there are statistics. */
const RARE = ['replay'];
const PAGE = { after: null, limit: 50 };

(database === null ? describe.skip : describe)('with a million deliveries', () => {
  let schema: string;

  beforeAll(async () => {
    ({ schema } = await openStore(database!, { listen: false }));
    await freshTables(database!.admin, schema);
    // Several times faster than to keep them up to date meanwhile.
    const indexes = await dropIndexes(database!.admin, schema);
    await fill(database!.admin, schema, DELIVERIES);
    await database!.admin.query(["SET maintenance_work_mem = '256MB'", ...indexes].join('; '));
  }, 240_000);

  afterAll(async () => database!.close());

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
      on.claim({ deliveryIds: Array.from({ length: 64 }, (_, n) => id('dlv', 200_000 + n)) }),
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
      await on.claim({ deliveryIds: [waiting] });
      expect((await on.delivery(waiting, 't1')).dueAt).toBeNull();
      const [settled] = await on.store.settle([settlement(firstOfLine)]);
      const next = await on.hold(settled!.released!, { lease: 10 ** 12 });
      firstOfLine = next.delivery;
      await on.store.releaseStranded(100);
    },
    'disabling settlement': async (on) => {
      const { claims } = await on.claim({ limit: 1, laterShare: 1 });
      await on.store.settle([settlement(claims[0]!.delivery, { disable: 'gone' })]);
    },
    'sweep of abandoned attempts': (on) => on.store.claimAbandoned(100, 60_000),
    'list by tenant': (on) => on.store.listDeliveries('t7', {}, PAGE),
    'list by subscription': (on) =>
      on.store.listDeliveries('t7', { subscriptionId: id('sub', 7) }, PAGE),
    'list by subscription with a long backlog': (on) =>
      on.store.listDeliveries('t7', { subscriptionId: id('sub', 1) }, PAGE),
    'list by event': (on) => on.store.listDeliveries('t7', { eventId: id('evt', 77) }, PAGE),
    'list by status: exhausted': (on) =>
      on.store.listDeliveries('t7', { status: 'exhausted' }, PAGE),
    'list by status: pending': (on) => on.store.listDeliveries('t7', { status: 'pending' }, PAGE),
    'list by subscription and status': (on) =>
      on.store.listDeliveries('t7', { subscriptionId: id('sub', 7), status: 'exhausted' }, PAGE),
    'list by time': (on) => on.store.listDeliveries('t7', { since: 1, until: 10 ** 12 }, PAGE),
    'get a delivery': (on) => on.store.getDelivery('t7', id('dlv', 77)),
    restart: (on) => on.store.restartDelivery('t7', id('dlv', 77)),
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

  // With statistics of empty tables the planner thinks that there is next to nothing to read.
  describe.each(['before', 'after'] as const)('%s the statistics were gathered', (when) => {
    beforeAll(async () => {
      if (when === 'after') await database!.admin.query(`ANALYZE ${tablesIn(schema).join(', ')}`);
    });

    const hot = Object.keys(calls).filter((call) => when === 'after' || !RARE.includes(call));

    it.each(hot)('%s reads a few rows, by indexes', async (call) => {
      const pool = new CountingPool(database!.admin, schema);
      const store = new PostgresWebhookStore(pool, { schema, listen: false });
      await calls[call]!(new StoreFixture(store, undefined));
      expect(pool.counts.length).toBeGreaterThan(0);
      expect(pool.counts.filter(({ byScan }) => byScan > 0)).toEqual([]);
      expect(Math.max(...pool.counts.map(({ byIndex }) => byIndex))).toBeLessThan(MOST_ROWS);
    });
  });
});

/** @returns what makes them again */
async function dropIndexes(admin: pg.Pool, schema: string): Promise<string[]> {
  const { rows } = await admin.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
      WHERE schemaname = $1 AND tablename IN ('events', 'deliveries') AND indexname NOT LIKE '%_pkey'`,
    [schema],
  );
  for (const { name } of rows) await admin.query(`DROP INDEX ${schema}.${name}`);
  return rows.map(({ definition }) => definition);
}
