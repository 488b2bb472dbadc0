import assert from 'node:assert/strict';
import { assertSameIds, idsOf, MINUTE, settlement, StoreCases, TENANT } from './store.fixture.js';

const LATER = { status: 'pending', dueIn: MINUTE } as const;

export const claimCases: StoreCases = {
  'claim begins an attempt, recorded before the request is made': async (on) => {
    const subscription = await on.subscribe();
    const id = await on.deliver(subscription);
    const before = await on.delivery(id);
    const { claims, nextDueIn, passedOver } = await on.claim();
    assert.deepEqual(idsOf(claims), [id]);
    assert.deepEqual(claims[0]!.delivery, { ...before, attempts: 1, tries: 1 });
    assert.deepEqual(claims[0]!.subscription, subscription);
    assert.equal(claims[0]!.event.id, before.eventId);
    assert.equal(nextDueIn, null);
    assert.equal(passedOver, false);
    assert.deepEqual(await on.delivery(id), claims[0]!.delivery);
    const [attempt, ...others] = await on.attempts(id);
    assert.deepEqual(others, []);
    assert.ok(attempt!.startedAt >= before.createdAt);
    assert.deepEqual(attempt, {
      deliveryId: id,
      number: 1,
      startedAt: attempt!.startedAt,
      result: null,
    });
  },

  'claim takes nothing from an empty store': async (on) => {
    assert.deepEqual(await on.claim(), { claims: [], nextDueIn: null, passedOver: false });
  },

  'claim takes at most the limit, the oldest first, and tells that more is due': async (on) => {
    const subscription = await on.subscribe();
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      ids.push(await on.deliver(subscription));
      await on.pass(2);
    }
    const first = await on.claim({ limit: 2, laterShare: 1 });
    assertSameIds(idsOf(first.claims), ids.slice(0, 2));
    assert.equal(first.nextDueIn, 0);
    const second = await on.claim({ limit: 3, laterShare: 1 });
    assertSameIds(idsOf(second.claims), ids.slice(2));
  },

  'claim gives one delivery to one claimant only, one after another': async (on) => {
    const ids = await on.deliverMany(await on.subscribe(), 3);
    assertSameIds(idsOf((await on.claim()).claims), ids);
    assert.deepEqual((await on.claim()).claims, []);
    assert.deepEqual((await on.claim({ deliveryIds: ids })).claims, []);
  },

  'claim gives one delivery to one claimant only, at the same time': async (on) => {
    const one = await on.deliverMany(await on.subscribe(), 30);
    const two = await on.deliverMany(await on.subscribe(), 30);
    const all = [...one, ...two];
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, () => on.claim({ limit: 10, laterShare: 5 })),
      ...Array.from({ length: 4 }, () => on.claim({ limit: 10, deliveryIds: all })),
    ]);
    const taken = answers.flatMap(({ claims }) => idsOf(claims));
    assert.equal(new Set(taken).size, taken.length);
    while (taken.length < all.length) {
      const { claims } = await on.claim({ limit: 10, laterShare: 5 });
      assert.notEqual(claims.length, 0);
      taken.push(...idsOf(claims));
    }
    assertSameIds(taken, all);
    for (const id of all) assert.equal((await on.attempts(id)).length, 1);
  },

  'claim waits until a further try is due, and tells how long that is': async (on) => {
    const subscription = await on.subscribe();
    await on.delivered(subscription, LATER);
    const { claims, nextDueIn } = await on.claim();
    assert.deepEqual(claims, []);
    assert.ok(nextDueIn !== null && nextDueIn > MINUTE / 2 && nextDueIn <= MINUTE);

    const id = await on.delivered(subscription, { status: 'pending', dueIn: 20 });
    const dueAt = (await on.delivery(id)).dueAt!;
    let again = await on.claim();
    await on.eventually(async () => {
      if (again.claims.length === 0) again = await on.claim();
      return again.claims.length > 0;
    });
    assert.deepEqual(idsOf(again.claims), [id]);
    assert.equal(again.claims[0]!.delivery.attempts, 2);
    assert.ok((await on.attempts(id))[1]!.startedAt >= dueAt);
  },

  'claim of given deliveries takes those that are due and free, each once': async (on) => {
    const subscription = await on.subscribe();
    const [due, held, left] = await on.deliverMany(subscription, 3);
    const later = await on.delivered(subscription, LATER);
    const ended = await on.delivered(subscription);
    await on.hold(held!);
    const unknown = `dlv_${'0'.repeat(32)}`;
    const { claims } = await on.claim({
      deliveryIds: [unknown, due!, held!, due!, later, ended],
    });
    assert.deepEqual(idsOf(claims), [due]);
    assert.deepEqual(idsOf((await on.claim()).claims), [left]);
  },

  'claim of given deliveries heeds limit and room': async (on) => {
    const one = await on.deliverMany(await on.subscribe(), 3);
    const full = await on.subscribe();
    const two = await on.deliverMany(full, 2);
    const deliveryIds = [...two, ...one];
    const room = new Map([[full.id, 0]]);
    const capped = await on.claim({ deliveryIds, room, perSubscription: 2 });
    assert.equal(capped.claims.length, 2);
    assert.equal(capped.passedOver, true);
    assert.ok(idsOf(capped.claims).every((id) => one.includes(id)));
    assert.equal((await on.claim({ deliveryIds, limit: 1 })).claims.length, 1);
    assert.deepEqual((await on.claim({ deliveryIds: [] })).claims, []);
  },

  'claim sees what was changed in the subscription since the event': async (on) => {
    const subscription = await on.subscribe();
    const id = await on.deliver(subscription);
    const changed = await on.store.updateSubscription(TENANT, subscription.id, (current) => ({
      ...current,
      url: 'https://moved.example/',
      secrets: [{ value: 'whsec_bmV1', createdAt: 1, expiresAt: null }, ...current.secrets],
    }));
    assert.deepEqual((await on.hold(id)).subscription, changed);
  },

  'claim numbers the attempts without gaps over many tries': async (on) => {
    const id = await on.deliver(await on.subscribe());
    for (let number = 1; number <= 4; number++) {
      const { delivery } = await on.hold(id);
      assert.equal(delivery.attempts, number);
      assert.equal(delivery.tries, number);
      const next = { status: 'pending', dueIn: 0 } as const;
      await on.store.settle([settlement(delivery, { next })]);
    }
    const attempts = await on.attempts(id);
    assert.deepEqual(
      attempts.map(({ number }) => number),
      [1, 2, 3, 4],
    );
  },
};
