import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

(database === null ? describe.skip : describe)('further tries that have no room', () => {
  const clock = new FakeClock();
  let on: StoreFixture;
  let full: string;
  let statements: string[];
  let claim: (roomOfFull?: number) => Promise<Taken>;

  beforeAll(async () => {
    const { store, schema, pool } = await openStore(database!, { listen: false });
    on = new StoreFixture(store, undefined);
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
      const room = new Map([[full, roomOfFull]]);
      return claimer.claim(query, { limit: 8, lease: MINUTE, ...kinds, room });
    };
    const subscription = await on.subscribe();
    full = subscription.id;
    for (let index = 0; index < MANY; index++) await on.delivered(subscription, NOW);
  });

  afterAll(async () => database!.close());

  it('are not looked at again and again', async () => {
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

  it('are looked at as soon as one of them has room', async () => {
    await clock.advance(100);
    await claim();
    await claim();
    expect(statements).toEqual(['claim_by_age']);
    expect((await claim(3)).claims.map(({ delivery }) => delivery.subscriptionId)).toEqual([
      full,
      full,
      full,
    ]);
  });
});
