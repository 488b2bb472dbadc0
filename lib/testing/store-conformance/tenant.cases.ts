import assert from 'node:assert/strict';
import { backfill, EXHAUSTED } from './backfill.cases.js';
import { assertSameIds, StoreCases, TENANT, wanting } from './store.fixture.js';

const OTHER = 'globex';

export const tenantCases: StoreCases = {
  "an event does not reach another tenant's subscriptions": async (on) => {
    const theirs = await on.subscribe({ tenant: OTHER, eventTypes: ['*'] });
    const patterns = wanting('order.paid', '*');
    assert.deepEqual((await on.accept({}, patterns)).deliveryIds, []);
    assert.deepEqual((await on.accept({}, { subscriptionId: theirs.id })).deliveryIds, []);
    assert.equal((await on.accept({ tenant: OTHER }, patterns)).deliveryIds.length, 1);
  },

  "another tenant's subscription is as good as none": async (on) => {
    const { id, ...details } = await on.subscribe({ tenant: OTHER });
    const mine = await on.subscribe();
    assert.equal(await on.store.getSubscription(TENANT, id), null);
    const called: string[] = [];
    const update = on.store.updateSubscription(TENANT, id, (current) => {
      called.push(current.id);
      return { ...current, state: 'disabled' };
    });
    assert.equal(await update, null);
    assert.deepEqual(called, []);
    assert.equal(await on.store.deleteSubscription(TENANT, id), false);
    const page = { after: null, limit: 10 };
    assert.deepEqual(await on.store.listSubscriptions(TENANT, page), [mine]);
    assert.deepEqual(await on.store.listSubscriptions(OTHER, page), [{ id, ...details }]);
    assert.deepEqual(await on.store.listSubscriptions('umbrella', page), []);
  },

  "another tenant's deliveries are as good as none": async (on) => {
    const theirs = await on.subscribe({ tenant: OTHER });
    const ours = await on.delivered(await on.subscribe());
    const id = await on.delivered(theirs, EXHAUSTED);
    const { eventId } = await on.delivery(id, OTHER);
    assert.equal(await on.store.getDelivery(TENANT, id), null);
    assert.deepEqual(await on.list(), [ours]);
    assert.deepEqual(await on.list({ subscriptionId: theirs.id }), []);
    assert.deepEqual(await on.list({ eventId }), []);
    assert.deepEqual(await on.list({ status: 'exhausted' }), []);
    assert.deepEqual(await on.list({}, OTHER), [id]);
    assert.equal(await on.store.restartDelivery(TENANT, id), 'not-found');
    assert.equal(await on.store.expunge(TENANT, eventId), false);
    assert.equal(await on.store.restartDelivery(OTHER, id), 'restarted');
  },

  'recover and replay stay within the tenant': async (on) => {
    const theirs = await on.subscribe({ tenant: OTHER });
    const id = await on.delivered(theirs, EXHAUSTED);
    const mine = await on.subscribe();
    for (const call of ['recover', 'replay'] as const) {
      assert.deepEqual(await backfill(on, call, { ...theirs, tenant: TENANT }), []);
      assert.deepEqual(await backfill(on, call, { ...mine, tenant: OTHER }), []);
      assert.deepEqual(await backfill(on, call, mine), []);
    }
    assert.equal((await on.delivery(id, OTHER)).status, 'exhausted');
    assert.deepEqual(await backfill(on, 'recover', theirs), [id]);
  },

  'disabling and deleting touch no other tenant': async (on) => {
    const mine = await on.subscribe();
    const theirs = await on.subscribe({ tenant: OTHER });
    await on.deliver(mine);
    const ids = await on.deliverMany(theirs, 2);
    await on.store.deleteSubscription(TENANT, mine.id);
    const { claims } = await on.claim();
    assertSameIds(
      claims.map(({ delivery }) => delivery.id),
      ids,
    );
    assert.ok(claims.every(({ subscription, event }) => subscription!.tenant === event.tenant));
  },
};
