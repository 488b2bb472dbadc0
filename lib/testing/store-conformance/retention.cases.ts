import assert from 'node:assert/strict';
import type { Claim } from '../../index.js';
import { backfill } from './backfill.cases.js';
import { MINUTE, settlement, StoreCases, StoreFixture, TENANT } from './store.fixture.js';

/** Purges whatever ended before now, until so many events are forgotten. */
async function purgeAll(on: StoreFixture, count: number): Promise<void> {
  let forgotten = 0;
  await on.eventually(async () => {
    forgotten += await on.store.purge(0, 100);
    return forgotten >= count;
  });
  assert.equal(forgotten, count);
}

export const retentionCases: StoreCases = {
  'expunge removes a body and cancels what is pending': async (on) => {
    const waiting = await on.subscribe();
    await on.subscribe();
    const idempotency = { key: 'k', fingerprint: 'f' };
    const { eventId, deliveryIds } = await on.accept({ idempotency });
    const deliveries = await Promise.all(deliveryIds.map((id) => on.delivery(id)));
    const [pending, done] =
      deliveries[0]!.subscriptionId === waiting.id ? deliveries : deliveries.toReversed();
    await on.settle(await on.hold(done!.id));
    const before = await on.delivery(done!.id);

    assert.equal(await on.store.expunge(TENANT, eventId), true);
    const { status, reason } = await on.delivery(pending!.id);
    assert.deepEqual([status, reason], ['cancelled', 'payload removed']);
    assert.deepEqual(await on.delivery(done!.id), before);
    assert.equal((await on.attempts(done!.id)).length, 1);
    assert.deepEqual(await on.claim(), { claims: [], nextDueIn: null, passedOver: false });
    assert.equal((await on.accept({ idempotency })).eventId, eventId);
    assert.equal(await on.store.expunge(TENANT, eventId), true);
    assert.equal(await on.store.expunge(TENANT, `evt_${'0'.repeat(32)}`), false);
  },

  'a delivery in flight whose body was removed gets no further try': async (on) => {
    const subscription = await on.subscribe();
    const { delivery, event } = await on.hold(await on.deliver(subscription), { lease: 10 });
    await on.store.expunge(TENANT, event.id);
    assert.equal((await on.delivery(delivery.id)).status, 'pending');
    let abandoned: readonly Claim[] = [];
    await on.eventually(async () => {
      abandoned = await on.store.claimAbandoned(1, MINUTE);
      return abandoned.length > 0;
    });
    assert.equal(abandoned[0]!.event.body.length, 0);
    const next = { status: 'pending', dueIn: 0 } as const;
    const [settled] = await on.store.settle([settlement(delivery, { next })]);
    assert.equal(settled!.status, 'cancelled');
    assert.equal((await on.delivery(delivery.id)).reason, 'payload removed');
  },

  'purge forgets events with all that belongs to them': async (on) => {
    const subscription = await on.subscribe();
    const idempotency = { key: 'k', fingerprint: 'f' };
    const id = await on.delivered(subscription, undefined, { idempotency });
    await purgeAll(on, 1);
    assert.equal(await on.store.getDelivery(TENANT, id), null);
    assert.deepEqual(await on.list(), []);
    assert.deepEqual(await backfill(on, 'replay', subscription), []);
    assert.equal((await on.accept({ idempotency })).created, true);
  },

  'purge forgets an event without deliveries too': async (on) => {
    const { eventId } = await on.accept();
    await purgeAll(on, 1);
    assert.equal(await on.store.expunge(TENANT, eventId), false);
  },

  'purge keeps what ended less long ago than the age': async (on) => {
    const id = await on.delivered(await on.subscribe());
    await on.pass(5);
    assert.equal(await on.store.purge(MINUTE, 100), 0);
    assert.equal((await on.delivery(id)).status, 'succeeded');
  },

  'purge keeps an event as long as one of its deliveries is pending': async (on) => {
    await on.subscribe();
    await on.subscribe();
    const { deliveryIds } = await on.accept();
    await on.settle(await on.hold(deliveryIds[0]!));
    const restarted = await on.delivered(await on.subscribe({ eventTypes: ['user.deleted'] }));
    await on.store.restartDelivery(TENANT, restarted);
    await on.pass(5);
    assert.equal(await on.store.purge(0, 100), 0);
    assert.equal((await on.list()).length, 3);
    for (const id of [deliveryIds[1]!, restarted]) await on.settle(await on.hold(id));
    await purgeAll(on, 2);
    assert.deepEqual(await on.list(), []);
  },

  'purge keeps an event that was replayed to another subscription': async (on) => {
    await on.accept();
    const subscription = await on.subscribe();
    const [id] = await backfill(on, 'replay', subscription);
    await on.pass(5);
    assert.equal(await on.store.purge(0, 100), 0);
    await on.hold(id!);
  },

  'purge forgets at most the limit at once': async (on) => {
    const subscription = await on.subscribe();
    for (let index = 0; index < 5; index++) await on.delivered(subscription);
    await on.pass(5);
    assert.equal(await on.store.purge(0, 2), 2);
    assert.equal((await on.list()).length, 3);
    await purgeAll(on, 3);
  },
};
