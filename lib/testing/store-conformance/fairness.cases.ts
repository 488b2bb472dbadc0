import assert from 'node:assert/strict';
import { assertSameIds, idsOf, MINUTE, StoreCases, StoreFixture, TENANT } from './store.fixture.js';

const NOW = { status: 'pending', dueIn: 0 } as const;

/** Deliveries of an own subscription whose first try has failed, due for the next. */
async function retries(on: StoreFixture, count: number): Promise<string[]> {
  const subscription = await on.subscribe();
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push(await on.delivered(subscription, NOW));
  return ids;
}

async function firstTries(on: StoreFixture, count: number): Promise<string[]> {
  return on.deliverMany(await on.subscribe(), count);
}

export const fairnessCases: StoreCases = {
  'claim takes of each subscription at most what is allowed': async (on) => {
    const one = await on.deliverMany(await on.subscribe(), 5);
    const two = await on.deliverMany(await on.subscribe(), 2);
    const { claims, passedOver, nextDueIn } = await on.claim({ perSubscription: 3 });
    const ids = idsOf(claims);
    assertSameIds(
      ids.filter((id) => two.includes(id)),
      two,
    );
    assertSameIds(
      ids.filter((id) => one.includes(id)),
      one.slice(0, 3),
    );
    assert.equal(passedOver, true);
    assert.equal(nextDueIn, null);
  },

  'claim heeds the room a subscription has just now': async (on) => {
    const less = await on.subscribe();
    await on.deliverMany(less, 4);
    const none = await on.subscribe();
    await on.deliverMany(none, 4);
    const room = new Map([
      [less.id, 1],
      [none.id, 0],
    ]);
    const { claims, passedOver, nextDueIn } = await on.claim({ room, perSubscription: 3 });
    assert.deepEqual(
      claims.map(({ delivery }) => delivery.subscriptionId),
      [less.id],
    );
    assert.equal(passedOver, true);
    assert.equal(nextDueIn, null);
  },

  'claim counts both kinds of deliveries of a subscription together': async (on) => {
    const subscription = await on.subscribe();
    for (let index = 0; index < 3; index++) await on.delivered(subscription, NOW);
    await on.deliverMany(subscription, 3);
    const { claims } = await on.claim({ limit: 6, laterShare: 3, perSubscription: 4 });
    assert.equal(claims.length, 4);
  },

  'a subscription without room does not keep others waiting': async (on) => {
    const full = await on.subscribe();
    await on.deliverMany(full, 150);
    await on.pass(2);
    const others = await firstTries(on, 2);
    const room = new Map([[full.id, 0]]);
    const { claims, passedOver } = await on.claim({ limit: 5, laterShare: 2, room });
    assertSameIds(idsOf(claims), others);
    assert.equal(passedOver, true);
  },

  'what is due later counts for the next time although something was passed over': async (on) => {
    const full = await on.subscribe();
    await on.deliver(full);
    await on.delivered(await on.subscribe(), { status: 'pending', dueIn: MINUTE });
    const room = new Map([[full.id, 0]]);
    const { claims, nextDueIn, passedOver } = await on.claim({ room });
    assert.deepEqual(claims, []);
    assert.equal(passedOver, true);
    assert.ok(nextDueIn !== null && nextDueIn > MINUTE / 2 && nextDueIn <= MINUTE);
  },

  'many subscriptions with work get their turn': async (on) => {
    const all: string[] = [];
    for (let index = 0; index < 40; index++) all.push(...(await firstTries(on, 3)));
    const taken: string[] = [];
    while (taken.length < all.length) {
      const { claims } = await on.claim({ limit: 40, laterShare: 20, perSubscription: 2 });
      assert.notEqual(claims.length, 0);
      taken.push(...idsOf(claims));
    }
    assertSameIds(taken, all);
  },

  'first tries and later ones share the places': async (on) => {
    const later = await retries(on, 6);
    await on.pass(2);
    const fresh = await firstTries(on, 6);
    const ids = idsOf((await on.claim({ limit: 4, laterShare: 1 })).claims);
    assert.equal(ids.filter((id) => later.includes(id)).length, 1);
    assert.equal(ids.filter((id) => fresh.includes(id)).length, 3);
  },

  'later tries get their share although first ones are older': async (on) => {
    const fresh = await firstTries(on, 6);
    await on.pass(2);
    const later = await retries(on, 6);
    const ids = idsOf((await on.claim({ limit: 4, laterShare: 3 })).claims);
    assert.equal(ids.filter((id) => later.includes(id)).length, 3);
    assert.equal(ids.filter((id) => fresh.includes(id)).length, 1);
  },

  'a kind with nothing due leaves its places to the other': async (on) => {
    const later = await retries(on, 4);
    const all = await on.claim({ limit: 4, laterShare: 1 });
    assertSameIds(idsOf(all.claims), later);
    const fresh = await firstTries(on, 4);
    const rest = await on.claim({ limit: 4, laterShare: 3 });
    assertSameIds(idsOf(rest.claims), fresh);
  },

  'later tries take no more than their limit, and count as passed over': async (on) => {
    const later = await retries(on, 6);
    const few = await on.claim({ laterShare: 1, laterLimit: 2 });
    assert.equal(few.claims.length, 2);
    assert.equal(few.passedOver, true);
    assert.equal(few.nextDueIn, null);
    const fresh = await firstTries(on, 3);
    const none = await on.claim({ laterLimit: 0 });
    assertSameIds(idsOf(none.claims), fresh);
    assert.equal(none.passedOver, true);
    assert.equal(none.nextDueIn, null);
    const given = await on.claim({ deliveryIds: later, laterLimit: 3 });
    assert.equal(given.claims.length, 3);
    assert.equal(given.passedOver, true);
    const last = await on.claim({ laterLimit: 3 });
    assert.equal(last.claims.length, 1);
    assert.equal(last.passedOver, false);
  },

  'what was replayed counts among the later ones': async (on) => {
    const subscription = await on.subscribe();
    for (let index = 0; index < 3; index++) {
      await on.delivered(subscription, { status: 'exhausted', reason: 'gone' });
    }
    const { deliveryIds } = await on.store.recover(TENANT, {
      subscriptionId: subscription.id,
      since: 0,
      until: Number.MAX_SAFE_INTEGER,
      patterns: ['*'],
      admits: () => true,
      after: null,
      limit: 100,
    });
    assert.equal(deliveryIds.length, 3);
    await on.pass(2);
    const fresh = await firstTries(on, 3);
    const ids = idsOf((await on.claim({ limit: 3, laterShare: 0 })).claims);
    assertSameIds(ids, fresh);
  },
};
