import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { SubscriptionRecord } from '../../../lib/index.js';
import { SubscriptionCodec } from '../../../lib/store/codec/subscription.codec.js';
import { TextCipher } from '../../../lib/store/codec/text.cipher.js';
import { DeliveryClaimer, Taken } from '../../../lib/store/postgres/delivery.claimer.js';
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

const NOW = { status: 'pending', dueIn: 0 } as const;
const MANY = 40;

(database === null ? describe.skip : describe)('what has no room', () => {
  let pool: pg.Pool;
  let schema: string;
  let clock: FakeClock;
  let on: StoreFixture;
  let full: SubscriptionRecord;
  let statements: string[];
  let claim: (roomOfFull?: number) => Promise<Taken>;

  beforeEach(async () => {
    const opened = await openStore(database!, { listen: false });
    ({ pool, schema } = opened);
    on = new StoreFixture(opened.store, undefined);
    clock = new FakeClock();
    const codec = new SubscriptionCodec(new TextCipher());
    const claimer = new DeliveryClaimer(tablesOf(schema), codec, clock);
    const query: Query = async (text, params = []) => {
      statements.push(/claim_by_\w+/.exec(text)![0]);
      const { rows } = await pool.query<Record<string, unknown>>(text, [...params]);
      return rows;
    };
    claim = (roomOfFull = 0) => {
      statements = [];
      const kinds = { laterShare: 4, laterLimit: 8, perSubscription: 8 };
      const room = new Map([[full.id, roomOfFull]]);
      return claimer.claim(query, { limit: 8, lease: MINUTE, ...kinds, room });
    };
    full = await on.subscribe();
  });

  afterAll(async () => database!.close());

  describe('and is tried again', () => {
    beforeEach(async () => {
      for (let index = 0; index < MANY; index++) await on.delivered(full, NOW);
    });

    it('is not looked at again and again', async () => {
      expect(idsOf((await claim()).claims)).toEqual([]);
      expect(statements).toEqual(['claim_by_age', 'claim_by_subscription']);
      const other = await on.subscribe();
      const later = await on.delivered(other, NOW);
      const first = await on.deliver(other);
      const paused = await claim();
      expect(idsOf(paused.claims)).toEqual([first]);
      expect(statements).toEqual(['claim_by_age']);
      expect(paused).toMatchObject({ passedOver: true, nextDueIn: 100 });

      await clock.advance(100);
      expect(idsOf((await claim()).claims)).toEqual([later]);
      expect(statements).toEqual(['claim_by_age', 'claim_by_subscription']);
      // One of them had room, so that there may be more.
      await claim();
      expect(statements).toEqual(['claim_by_age', 'claim_by_subscription']);
    });

    it('is looked at as soon as one of them has room', async () => {
      await claim();
      await claim();
      expect(statements).toEqual(['claim_by_age']);
      expect((await claim(3)).claims.map(({ delivery }) => delivery.subscriptionId)).toEqual([
        full.id,
        full.id,
        full.id,
      ]);
    });
  });

  it('and is tried first is passed over by looking at subscriptions only, for a while', async () => {
    await on.deliverMany(full, MANY);
    expect(await claim()).toMatchObject({ claims: [], passedOver: true });
    expect(statements).toEqual(['claim_by_age', 'claim_by_subscription']);
    const first = await on.deliver(await on.subscribe());
    const { claims, passedOver } = await claim();
    expect(idsOf(claims)).toEqual([first]);
    expect(passedOver).toBe(true);
    expect(statements).toEqual(['claim_by_subscription']);

    await clock.advance(100);
    await claim();
    expect(statements).toEqual(['claim_by_age', 'claim_by_subscription']);
  });

  it('and is tried first is looked at again when others have their hands on the rest', async () => {
    await on.deliverMany(full, MANY);
    await claim();
    const first = await on.deliver(await on.subscribe());
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query(`SELECT FROM "${schema}".deliveries WHERE id = $1 FOR UPDATE`, [first]);
    const { claims, nextDueIn } = await claim();
    await other.query('COMMIT');
    other.release();
    expect(claims).toEqual([]);
    expect(nextDueIn).toBe(50);
    expect(statements).toEqual(['claim_by_subscription', 'claim_by_age', 'claim_by_subscription']);
  });
});
