import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { PostgresWebhookStore } from '../../../lib/store/postgres/index.js';
import {
  settlement,
  StoreFixture,
  wanting,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { CountingPool } from './support/counting.pool.js';
import { fill, freshTables, id } from './support/large.tables.js';
import { openStore } from './support/test.store.js';

const database = await TestDatabase.open();

const DELIVERIES = 30_000;
const MOST_ROWS = 3_000;

const calls: Readonly<Record<string, (on: StoreFixture) => Promise<unknown>>> = {
  accept: (on) => on.accept({ tenant: 't7' }, wanting('order.paid', '*')),
  claim: (on) => on.claim({ limit: 64, laterShare: 32, perSubscription: 8 }),
  'claim past a subscription without room': (on) => {
    const room = new Map(Array.from({ length: 100 }, (_, number) => [id('sub', number), 0]));
    return on.claim({ limit: 64, laterShare: 4, perSubscription: 1, room });
  },
  'claim of given deliveries': (on) =>
    on.claim({ deliveryIds: Array.from({ length: 64 }, (_, number) => id('dlv', 2 * number + 1)) }),
  settle: async (on) => {
    const { claims } = await on.claim({ limit: 64, laterShare: 32, perSubscription: 8 });
    await on.store.settle(claims.map(({ delivery }) => settlement(delivery, {})));
  },
  'claim and settle of an ordering key': async (on) => {
    const subscription = await on.subscribe();
    for (let sent = 0; sent < 3; sent++) await on.deliver(subscription, { orderingKey: 'k' });
    for (let claimed = 0; claimed < 3; claimed++) {
      const deliveryIds = await on.list({ subscriptionId: subscription.id });
      const { claims } = await on.claim({ deliveryIds });
      await on.store.settle(claims.map(({ delivery }) => settlement(delivery, {})));
    }
  },
  'disabling settlement': async (on) => {
    const { claims } = await on.claim({ limit: 2, laterShare: 1 });
    await on.store.settle(claims.map(({ delivery }) => settlement(delivery, { disable: 'gone' })));
  },
};

(database === null ? describe.skip : describe)('plans made while the tables were empty', () => {
  let schema: string;
  let pool: pg.Pool;
  let storeOn: (counting: CountingPool) => PostgresWebhookStore;

  beforeAll(async () => {
    ({ schema } = await openStore(database!, { listen: false }));
    await freshTables(database!.admin, schema);
    // One connection, so that whatever comes later has the plans of what was before.
    pool = database!.pool({ max: 1 });
    storeOn = (counting) => new PostgresWebhookStore(counting, { schema, listen: false });
    const on = new StoreFixture(storeOn(new CountingPool(pool, schema)), undefined);
    await on.subscribe({ tenant: 't7' });
    for (const call of Object.values(calls)) {
      await on.accept({ tenant: 't7' });
      await call(on);
    }
    await fill(database!.admin, schema, DELIVERIES);
  }, 60_000);

  afterAll(async () => database!.close());

  it.each(Object.keys(calls))('%s reads a few rows, by indexes', async (call) => {
    const counting = new CountingPool(pool, schema);
    await calls[call]!(new StoreFixture(storeOn(counting), undefined));
    expect(counting.counts.length).toBeGreaterThan(0);
    expect(counting.counts.filter(({ byScan }) => byScan > 0)).toEqual([]);
    expect(Math.max(...counting.counts.map(({ byIndex }) => byIndex))).toBeLessThan(MOST_ROWS);
  });
});
