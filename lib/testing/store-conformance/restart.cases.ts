import assert from 'node:assert/strict';
import { MINUTE, StoreCases, TENANT } from './store.fixture.js';

export const restartCases: StoreCases = {
  'a delivery that ended is restarted with a whole schedule, counting attempts on': async (on) => {
    const subscription = await on.subscribe();
    const ends = [
      { status: 'succeeded', reason: null },
      { status: 'exhausted', reason: 'no try is left' },
    ] as const;
    for (const end of ends) {
      const id = await on.delivered(subscription, end);
      const before = await on.delivery(id);
      assert.equal(await on.store.restartDelivery(TENANT, id), 'restarted');
      const restarted = await on.delivery(id);
      assert.ok(restarted.dueAt! >= before.endedAt!);
      assert.deepEqual(restarted, {
        ...before,
        status: 'pending',
        reason: null,
        tries: 0,
        replayed: false,
        dueAt: restarted.dueAt,
        endedAt: null,
      });
      const { delivery } = await on.hold(id);
      assert.deepEqual([delivery.attempts, delivery.tries], [2, 1]);
      assert.equal((await on.attempts(id)).length, 2);
    }
  },

  'a delivery that waits for a further try is restarted now': async (on) => {
    const id = await on.delivered(await on.subscribe(), { status: 'pending', dueIn: MINUTE });
    assert.equal(await on.store.restartDelivery(TENANT, id), 'restarted');
    const { claims } = await on.claim();
    assert.equal(claims.length, 1);
    assert.equal(claims[0]!.delivery.attempts, 2);
    assert.equal(claims[0]!.delivery.tries, 1);
  },

  'a delivery restarted twice is delivered once': async (on) => {
    const id = await on.delivered(await on.subscribe());
    assert.equal(await on.store.restartDelivery(TENANT, id), 'restarted');
    assert.equal(await on.store.restartDelivery(TENANT, id), 'restarted');
    assert.equal((await on.claim()).claims.length, 1);
    assert.deepEqual((await on.claim()).claims, []);
  },

  'a delivery in flight is not restarted': async (on) => {
    const id = await on.deliver(await on.subscribe());
    const { delivery } = await on.hold(id);
    assert.equal(await on.store.restartDelivery(TENANT, id), 'in-flight');
    assert.deepEqual(await on.delivery(id), delivery);
  },

  'a delivery of a disabled or deleted subscription is not restarted': async (on) => {
    const subscription = await on.subscribe();
    const id = await on.delivered(subscription);
    const before = await on.delivery(id);
    const off = { state: 'disabled', disabledReason: 'manual', disabledAt: 1 } as const;
    await on.store.updateSubscription(TENANT, subscription.id, (one) => ({ ...one, ...off }));
    assert.equal(await on.store.restartDelivery(TENANT, id), 'disabled');
    await on.store.deleteSubscription(TENANT, subscription.id);
    assert.equal(await on.store.restartDelivery(TENANT, id), 'disabled');
    assert.deepEqual(await on.delivery(id), before);
  },

  'a delivery whose body was removed is not restarted': async (on) => {
    const id = await on.delivered(await on.subscribe());
    await on.store.expunge(TENANT, (await on.delivery(id)).eventId);
    assert.equal(await on.store.restartDelivery(TENANT, id), 'expunged');
  },

  'an unknown delivery is not restarted': async (on) => {
    assert.equal(await on.store.restartDelivery(TENANT, `dlv_${'0'.repeat(32)}`), 'not-found');
  },
};
