import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { SubscriptionCodec } from '../../../lib/store/codec/subscription.codec.js';
import { TextCipher } from '../../../lib/store/codec/text.cipher.js';
import { DeliveryClaimer } from '../../../lib/store/postgres/delivery.claimer.js';
import { tablesOf } from '../../../lib/store/postgres/schema.tables.js';
import type { Query } from '../../../lib/store/postgres/sql.query.js';
import { FakeClock } from '../../../lib/testing/fake.clock.js';
import {
  idsOf,
  MINUTE,
  StoreFixture,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore } from './support/test.store.js';

const database = await TestDatabase.open();

const PAGES = /shared (?:hit|read)=(\d+)/g;
const MANY = 20_000;

(database === null ? describe.skip : describe)('since when claims look', () => {
  let clock: FakeClock;
  let on: StoreFixture;
  let pool: pg.Pool;
  let schema: string;
  let claimer: DeliveryClaimer;

  beforeEach(async () => {
    const opened = await openStore(database!, { listen: false });
    ({ pool, schema } = opened);
    on = new StoreFixture(opened.store, undefined);
    clock = new FakeClock();
    claimer = new DeliveryClaimer(tablesOf(schema), new SubscriptionCodec(new TextCipher()), clock);
  });

  afterAll(async () => database!.close());

  const query: Query = async (text, params = []) => {
    const { rows } = await pool.query<Record<string, unknown>>(text, [...params]);
    return rows;
  };

  const claim = async (perSubscription = 8): Promise<string[]> => {
    const kinds = { laterShare: 4, laterLimit: 8, perSubscription };
    const request = { limit: 8, lease: MINUTE, ...kinds, room: new Map<string, number>() };
    return idsOf((await claimer.claim(query, request)).claims);
  };

  /** As a transaction that was open for so long leaves it. */
  const commitLate = async (milliseconds: number): Promise<string> => {
    const id = await on.deliver(await on.subscribe());
    await pool.query(
      `UPDATE "${schema}".deliveries SET due_at = due_at - ${milliseconds} WHERE id = $1`,
      [id],
    );
    return id;
  };

  it('is a second before what they saw last', async () => {
    await claim();
    const id = await commitLate(900);
    expect(await claim()).toEqual([id]);
  });

  it('leaves what is committed later than that to the next second', async () => {
    await claim();
    const id = await commitLate(5_000);
    expect(await claim()).toEqual([]);
    await clock.advance(1_000);
    expect(await claim()).toEqual([id]);
  });

  it('leaves it to the next claim after a notification', async () => {
    await claim();
    const id = await commitLate(5_000);
    expect(await claim()).toEqual([]);
    claimer.lookBack();
    expect(await claim()).toEqual([id]);
  });

  it('is not later than what had no room', async () => {
    const id = await commitLate(60_000);
    expect(await claim(0)).toEqual([]);
    expect(await claim()).toEqual([id]);
  });

  it('keeps them from reading what was due before', async () => {
    await pool.query(`INSERT INTO "${schema}".deliveries (id, event_id, event_type, subscription_id,
        tenant, status, due_at, created_at)
      SELECT 'dlv_' || n, 'evt_' || n, 'order.paid', 'sub_none', 'acme', 'pending', n, n
      FROM generate_series(1, ${MANY}) n`);
    await pool.query(`UPDATE "${schema}".deliveries SET due_at = NULL, status = 'succeeded'`);
    const pagesSince = async (since: number): Promise<number> => {
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS)
          SELECT * FROM "${schema}".due_by_age(false, ${since}, ${Date.now()}, 64)`,
      );
      const text = rows.map((row) => row['QUERY PLAN']).join('\n');
      return Math.max(...[...text.matchAll(PAGES)].map(([, pages]) => Number(pages)));
    };
    const all = await pagesSince(0);
    expect(await pagesSince(MANY + 1)).toBeLessThan(all / 4);
  });
});
