import { afterAll, describe, expect, it } from '@jest/globals';
import { PostgresWebhookStore } from '../../../lib/store/postgres/index.js';
import {
  FAILURE,
  idsOf,
  settlement,
  StoreFixture,
  SUCCESS,
  TENANT,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import type { Settlement } from '../../../lib/store/webhook.store.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore } from './support/test.store.js';

const database = await TestDatabase.open();

const KEY = { orderingKey: 'order 42' };
const SUCCEEDED = { result: SUCCESS, next: { status: 'succeeded', reason: null } } as const;
const AGAIN = { result: FAILURE, next: { status: 'pending', dueIn: 0 } } as const;

async function start() {
  const under = await openStore(database!, { listen: false });
  return { ...under, on: new StoreFixture(under.store, undefined) };
}

/** Waits until a statement like this waits for a lock. */
async function waitingFor(on: StoreFixture, statement: string): Promise<void> {
  await on.eventually(async () => {
    const { rows } = await database!.admin.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
      [statement],
    );
    return rows.length === 1;
  });
}

const lineOf = (subscriptionId: string, key: string | null): string => `${subscriptionId} ${key}`;

(database === null ? describe.skip : describe)('ordering keys on PostgreSQL', () => {
  afterAll(async () => database!.close());

  it('what waits behind a delivery that is being ended is not parked, and asked for again soon', async () => {
    const { on, schema } = await start();
    const subscription = await on.subscribe();
    const first = await on.deliver(subscription, KEY);
    const second = await on.deliver(subscription, KEY);
    await on.hold(first);
    const settler = await database!.admin.connect();
    await settler.query('BEGIN');
    await settler.query(`SELECT FROM ${schema}.deliveries WHERE id = $1 FOR NO KEY UPDATE`, [
      first,
    ]);
    for (const hint of [{}, { deliveryIds: [second] }]) {
      const { claims, nextDueIn } = await on.claim(hint);
      expect(claims).toEqual([]);
      expect(nextDueIn).toBeLessThan(1_000);
      expect((await on.delivery(second)).dueAt).not.toBeNull();
    }
    await settler.query('ROLLBACK');
    settler.release();
    await on.claim();
    expect((await on.delivery(second)).dueAt).toBeNull();
  });

  it('an end waits for who is parking behind it, and releases what was parked', async () => {
    const { on, store, schema } = await start();
    const subscription = await on.subscribe();
    const first = await on.deliver(subscription, KEY);
    const second = await on.deliver(subscription, KEY);
    const held = await on.hold(first);
    const parker = await database!.admin.connect();
    await parker.query('BEGIN');
    await parker.query(`SELECT ${schema}.park_line($1, $2, 0, 1)`, [
      subscription.id,
      KEY.orderingKey,
    ]);
    const settling = store.settle([settlement(held.delivery, SUCCEEDED)]);
    await waitingFor(on, `%${schema}%settle_attempts%`);
    await parker.query('COMMIT');
    parker.release();
    expect((await settling)[0]!.released).toBe(second);
    await on.hold(second);
  });

  it('an event of a transaction that commits late does not overtake what has begun', async () => {
    const { on, store } = await start();
    const subscription = await on.subscribe();
    const client = await database!.admin.connect();
    await client.query('BEGIN');
    const target = { subscriptionId: subscription.id };
    const { deliveryIds: late } = await store.accept(on.event(KEY), target, client);
    const began = await on.deliver(subscription, KEY);
    const waits = await on.deliver(subscription, KEY);
    const first = await on.hold(began);
    await client.query('COMMIT');
    client.release();
    expect((await on.claim()).claims).toEqual([]);
    await on.settle(first, AGAIN);
    const second = await on.hold(began);
    expect((await on.claim({ deliveryIds: [...late, waits] })).claims).toEqual([]);
    await on.settle(second, SUCCEEDED);
    expect(idsOf((await on.claim()).claims)).toEqual(late);
  });

  it('of two that begin at the same time one waits, although it stands before the other', async () => {
    const { on, schema } = await start();
    const subscription = await on.subscribe();
    const first = await on.deliver(subscription, KEY);
    const second = await on.deliver(subscription, KEY);
    const claimant = await database!.admin.connect();
    await claimant.query('BEGIN');
    await claimant.query(
      `UPDATE ${schema}.deliveries SET ordinal = 0, lease_until = 1, attempts = 1 WHERE id = $1`,
      [second],
    );
    const claiming = on.claim();
    await waitingFor(on, `%${schema}%claim_by_age%`);
    await claimant.query('COMMIT');
    claimant.release();
    const { claims, nextDueIn } = await claiming;
    expect(claims).toEqual([]);
    expect(nextDueIn).toBeLessThan(1_000);
    expect((await on.claim()).claims).toEqual([]);
    const { delivery } = (await on.store.claimAbandoned(1, 1_000))[0]!;
    await on.settle({ delivery }, SUCCEEDED);
    expect(idsOf((await on.claim()).claims)).toEqual([first]);
  });

  it('what is stranded in its line is released, however many lines there are', async () => {
    const { on, store, schema } = await start();
    const subscription = await on.subscribe();
    const ids: string[] = [];
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      ids.push(await on.deliver(subscription, { orderingKey: key }));
      await on.deliver(subscription, { orderingKey: key });
    }
    await database!.admin.query(`UPDATE ${schema}.deliveries SET due_at = NULL`);
    expect((await on.claim()).claims).toEqual([]);
    const answers = [];
    for (let sweep = 0; sweep < 4; sweep++) answers.push(await store.releaseStranded(2));
    expect(answers).toEqual([true, true, true, false]);
    expect(idsOf((await on.claim()).claims).sort()).toEqual(ids.sort());
  });

  it('many processes keep the order of each key and leave nothing waiting, whatever ends it', async () => {
    const { on, store, schema, pool } = await start();
    const stores = [
      store,
      ...[1, 2].map(() => new PostgresWebhookStore(pool, { schema, listen: false })),
    ];
    const workers = stores.map((one) => new StoreFixture(one, undefined));
    await on.subscribe();
    await on.subscribe();
    const accepted = new Map<string, string[]>();
    const begun = new Map<string, string[]>();
    const inFlight = new Set<string>();
    const crowded: string[] = [];

    const send = async (orderingKey: string): Promise<void> => {
      for (let count = 0; count < 25; count++) {
        const { deliveryIds } = await on.accept({ orderingKey });
        for (const id of deliveryIds) {
          const { subscriptionId } = await on.delivery(id);
          const line = lineOf(subscriptionId, orderingKey);
          accepted.set(line, [...(accepted.get(line) ?? []), id]);
        }
        if (count % 5 === 4) {
          const removed = await on.delivery(deliveryIds[0]!);
          await store.expunge(TENANT, removed.eventId);
        }
      }
    };
    let round = 0;
    const work = async (worker: StoreFixture): Promise<void> => {
      const { claims } = await worker.claim({ limit: 10, laterShare: 5 });
      const settlements: Settlement[] = [];
      for (const { delivery } of claims) {
        const line = lineOf(delivery.subscriptionId, delivery.orderingKey);
        if (inFlight.has(line)) crowded.push(line);
        inFlight.add(line);
        const ids = begun.get(line) ?? [];
        if (!ids.includes(delivery.id)) begun.set(line, [...ids, delivery.id]);
        const outcomes = [SUCCEEDED, AGAIN, {}, SUCCEEDED];
        settlements.push(settlement(delivery, outcomes[round++ % outcomes.length]));
      }
      for (const { delivery } of claims) {
        inFlight.delete(lineOf(delivery.subscriptionId, delivery.orderingKey));
      }
      await worker.store.settle(settlements);
    };
    const sending = Promise.all(['a', 'b', 'c', 'd'].map(send));
    let sent = false;
    void sending.then(() => (sent = true));
    await on.eventually(async () => {
      await Promise.all(workers.flatMap((worker) => [work(worker), work(worker)]));
      return sent && (await on.list({ status: 'pending' }, TENANT, 1)).length === 0;
    });
    await sending;
    expect(crowded).toEqual([]);
    for (const [line, ids] of begun) {
      expect(ids).toEqual(accepted.get(line)!.filter((id) => ids.includes(id)));
    }
    expect([...begun.values()].flat().length).toBeGreaterThan(150);
  });
});
