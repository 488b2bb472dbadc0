import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { PostgresWebhookStoreOptions } from '../../../lib/store/postgres/index.js';
import {
  idsOf,
  MINUTE,
  settlement,
  StoreFixture,
  TENANT,
} from '../../../lib/testing/store-conformance/store.fixture.js';
import { TestDatabase } from '../../support/test.database.js';
import { openStore, TestStore } from './support/test.store.js';

const database = await TestDatabase.open();

async function deadlocks(): Promise<number> {
  const { rows } = await database!.admin.query(
    `SELECT sum(deadlocks)::int AS count FROM pg_stat_database`,
  );
  return (rows as { count: number }[])[0]!.count;
}

(database === null ? describe.skip : describe)(
  'PostgresWebhookStore used by many at the same time',
  () => {
    let pool: pg.Pool;

    beforeAll(() => {
      pool = database!.pool();
    });

    afterAll(async () => database!.close());

    async function start(
      options: PostgresWebhookStoreOptions = {},
    ): Promise<TestStore & { readonly on: StoreFixture }> {
      const under = await openStore(database!, { listen: false, ...options }, pool);
      return { ...under, on: new StoreFixture(under.store, undefined) };
    }

    it('no claim begins after a disable has committed', async () => {
      const { on, store } = await start();
      for (let round = 0; round < 15; round++) {
        const { id } = await on.subscribe({ eventTypes: [`type.${round}`] });
        let disabledAt = Infinity;
        const off = { state: 'disabled', disabledReason: 'manual', disabledAt: 1 } as const;
        const disable = async (): Promise<void> => {
          await store.updateSubscription(TENANT, id, (current) => ({ ...current, ...off }));
          disabledAt = performance.now();
        };
        const late: string[] = [];
        const work = async (): Promise<void> => {
          for (let index = 0; index < 6; index++) {
            await on.accept({ type: `type.${round}` });
            const begun = performance.now();
            const { claims } = await on.claim();
            if (begun > disabledAt) late.push(...idsOf(claims));
            await store.settle(
              claims.map(({ delivery }) =>
                settlement(delivery, { next: { status: 'pending', dueIn: 0 } }),
              ),
            );
          }
        };
        await Promise.all([work(), work(), work(), disable()]);
        expect(late).toEqual([]);
        // Accepted while it was being disabled, and made pending again: nothing is left to claim.
        await on.claim();
        expect((await on.claim()).claims).toEqual([]);
        const pending = await on.list({ subscriptionId: id, status: 'pending' });
        expect(pending).toEqual([]);
      }
    });

    it('the end of a subscription waits for no delivery, which a claim may hold while it waits', async () => {
      const { on, store, schema } = await start();
      const [disabled, deleted] = [await on.subscribe(), await on.subscribe()];
      const ids = [await on.deliver(disabled), await on.deliver(deleted)];
      const claimant = await pool.connect();
      await claimant.query('BEGIN');
      await claimant.query(`SELECT FROM ${schema}.deliveries FOR NO KEY UPDATE`);
      await store.updateSubscription(TENANT, disabled.id, (current) => ({
        ...current,
        state: 'disabled',
      }));
      await store.deleteSubscription(TENANT, deleted.id);
      expect(await on.list({ status: 'pending' })).toHaveLength(2);
      await claimant.query('ROLLBACK');
      claimant.release();
      while (await store.cancelWaiting(10));
      expect((await on.list({ status: 'cancelled' })).sort()).toEqual(ids.sort());
    });

    it.each([
      ['the oldest', false],
      ['those of a hint', true],
    ])('what another claimant has its hands on is asked for again soon: %s', async (_, hinted) => {
      const { on, schema } = await start();
      await on.subscribe();
      const { deliveryIds } = await on.accept();
      const other = await database!.admin.connect();
      await other.query(`BEGIN; SELECT FROM ${schema}.deliveries FOR NO KEY UPDATE`);
      const hint = hinted ? { deliveryIds } : {};
      const { claims, nextDueIn } = await on.claim(hint);
      await other.query('ROLLBACK');
      other.release();
      expect(claims).toEqual([]);
      expect(nextDueIn).toBeLessThan(1_000);
      expect(idsOf((await on.claim(hint)).claims)).toEqual(deliveryIds);
    });

    it('accepting, claiming, settling, disabling, replaying and purging never deadlock', async () => {
      const { on, store, schema } = await start();
      const subscriptions = await Promise.all(Array.from({ length: 6 }, () => on.subscribe()));
      const before = await deadlocks();
      const switching = (state: 'enabled' | 'disabled') =>
        Promise.all(
          subscriptions
            .slice(0, 3)
            .map(({ id }) =>
              store.updateSubscription(TENANT, id, (current) => ({ ...current, state })),
            ),
        );
      const deliver = async (): Promise<void> => {
        for (let index = 0; index < 25; index++) {
          await on.accept({ orderingKey: index % 2 === 0 ? null : `key ${index % 3}` });
          const { claims } = await on.claim({ limit: 20, laterShare: 10 });
          await store.settle(
            claims.toReversed().map(({ delivery }, at) =>
              settlement(delivery, {
                disable: at === 3 ? 'failing' : null,
                next: at % 2 === 0 ? { status: 'pending', dueIn: 0 } : settlement(delivery).next,
              }),
            ),
          );
        }
      };
      const manage = async (): Promise<void> => {
        for (let index = 0; index < 15; index++) {
          await switching(index % 2 === 0 ? 'disabled' : 'enabled');
          for (const { id: subscriptionId } of subscriptions) {
            const request = { subscriptionId, since: 0, until: 10 ** 15, patterns: ['*'] };
            const whole = { ...request, admits: () => true, after: null, limit: 30 };
            await store.recover(TENANT, whole);
            await store.replay(TENANT, whole);
          }
          const [id] = await on.list();
          if (id !== undefined) {
            const found = await store.getDelivery(TENANT, id);
            await store.restartDelivery(TENANT, id);
            if (found !== null) await store.expunge(TENANT, found.delivery.eventId);
          }
          await store.purge(20, 10);
        }
      };
      await Promise.all([deliver(), deliver(), deliver(), manage(), manage()]);
      expect(await deadlocks()).toBe(before);
      const { rows } = await pool.query(`SELECT d.id FROM ${schema}.deliveries d
      WHERE d.attempts <> (SELECT count(*) FROM ${schema}.attempts a WHERE a.delivery_id = d.id)`);
      expect(rows).toEqual([]);
    });

    it('a delivery made pending is never purged', async () => {
      const { on, store } = await start();
      const subscription = await on.subscribe();
      for (let round = 0; round < 20; round++) {
        const id = await on.delivered(subscription);
        await on.pass(2);
        const [answer] = await Promise.all([
          store.restartDelivery(TENANT, id),
          store.purge(0, 10),
          store.purge(0, 10),
        ]);
        const found = await store.getDelivery(TENANT, id);
        expect(found === null).toBe(answer === 'not-found');
        if (found !== null) await on.settle(await on.hold(id, { lease: MINUTE }));
      }
    });
  },
);
