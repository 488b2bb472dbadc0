import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { PostgresWebhookStore } from '../../../lib/store/postgres/index.js';
import {
  StoreFixture,
  TENANT,
  wanting,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { ListeningPool } from './support/listening.pool.js';
import { openStore } from './support/test.store.js';

const database = await TestDatabase.open();

const EVENTS = 200;

function accepting(statements: readonly string[]): number {
  return statements.filter((text) => text.includes('accept_events')).length;
}

(database === null ? describe.skip : describe)('events that come at the same time', () => {
  let pool: pg.Pool;
  let schema: string;
  let listening: ListeningPool;
  let store: PostgresWebhookStore;
  let on: StoreFixture;

  beforeAll(() => {
    pool = database!.pool({ max: 4 });
  });

  beforeEach(async () => {
    ({ schema } = await openStore(database!, { listen: false }, pool));
    listening = new ListeningPool(pool);
    store = new PostgresWebhookStore(listening, { schema, listen: false });
    on = new StoreFixture(store, undefined);
  });

  afterAll(async () => database!.close());

  it('share statements, and each is answered as if it were alone', async () => {
    const [plain, other] = [
      await on.subscribe({ eventTypes: ['*'] }),
      await on.subscribe({ eventTypes: ['*'], tenant: 'other' }),
    ];
    const filter = { field: 'total', op: 'gt', value: 10 } as const;
    const filtered = await on.subscribe({ eventTypes: ['order.paid'], filter });
    listening.statements.length = 0;
    const acceptances = await Promise.all(
      Array.from({ length: EVENTS }, (_, number) => {
        if (number % 3 === 0) return on.accept({ tenant: 'other' }, wanting('*'));
        if (number % 3 === 1) return on.accept({ type: 'order.sent' }, wanting('order.sent', '*'));
        const target = { ...wanting('order.paid', '*'), admits: () => number % 2 === 0 };
        return on.accept({ type: 'order.paid' }, target);
      }),
    );
    expect(accepting(listening.statements)).toBeLessThan(EVENTS / 10);
    expect(new Set(acceptances.map(({ eventId }) => eventId)).size).toBe(EVENTS);
    for (const [number, { created, deliveryIds }] of acceptances.entries()) {
      expect(created).toBe(true);
      const tenant = number % 3 === 0 ? 'other' : TENANT;
      const found = await Promise.all(deliveryIds.map((id) => store.getDelivery(tenant, id)));
      const admitted = number % 3 === 2 && number % 2 === 0 ? [filtered.id] : [];
      const wanted = number % 3 === 0 ? [other.id] : [plain.id, ...admitted];
      const reached = found.map((one) => one!.delivery.subscriptionId);
      expect(reached.sort()).toEqual(wanted.sort());
      expect(new Set(found.map((one) => one!.delivery.eventId)).size).toBe(1);
    }
  });

  it('do not wait for one whose idempotency key is held by a transaction', async () => {
    await on.subscribe();
    const idempotency = { key: 'k', fingerprint: 'f' };
    const holder = await pool.connect();
    await holder.query('BEGIN');
    const held = await store.accept(on.event({ idempotency }), wanting('*'), holder);
    const repeat = on.accept({ idempotency });
    const others = await Promise.all(Array.from({ length: 20 }, () => on.accept()));
    expect(others.map(({ created }) => created)).not.toContain(false);
    await holder.query('COMMIT');
    holder.release();
    expect(await repeat).toMatchObject({ eventId: held.eventId, created: false });
  });

  it('are all refused when their statement fails, and those after them are accepted', async () => {
    await on.subscribe({ eventTypes: ['*'] });
    const whole = on.event();
    const broken = { ...on.event(), id: whole.id };
    await on.accept({}, wanting('*'));
    const results = await Promise.allSettled([
      store.accept(whole, wanting('*')),
      store.accept(broken, wanting('*')),
      ...Array.from({ length: 3 }, () => on.accept({}, wanting('*'))),
    ]);
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).not.toEqual([]);
    for (const one of refused) {
      expect(one).toMatchObject({ reason: { code: 'WEBHOOKS_POSTGRES', sqlState: '23505' } });
    }
    const before = (await store.listDeliveries(TENANT, {}, { after: null, limit: 100 })).length;
    expect(before).toBe(1 + results.length - refused.length);
    await on.accept({}, wanting('*'));
    expect(await store.listDeliveries(TENANT, {}, { after: null, limit: 100 })).toHaveLength(
      before + 1,
    );
  });

  it('go in statements of at most a mebibyte of bodies, or of one event', async () => {
    await on.subscribe();
    const body = Buffer.alloc(2 ** 18, 'a');
    listening.statements.length = 0;
    await Promise.all(Array.from({ length: 21 }, () => on.accept({ body })));
    expect(accepting(listening.statements)).toBe(6);
  });
});
