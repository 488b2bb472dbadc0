import assert from 'node:assert/strict';
import type { Claim } from '../../index.js';
import {
  assertSameIds,
  idsOf,
  MINUTE,
  settlement,
  StoreCases,
  StoreFixture,
  SUCCESS,
  TENANT,
} from './store.fixture.js';

const SHORT = 10;

/** Takes over so many claims as soon as their lease has run out. */
async function takeOver(on: StoreFixture, count: number): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  await on.eventually(async () => {
    claims.push(...(await on.store.claimAbandoned(100, MINUTE)));
    return claims.length >= count;
  });
  return claims;
}

export const abandonedCases: StoreCases = {
  'a claim is abandoned when its lease has run out, not before': async (on) => {
    const subscription = await on.subscribe();
    const [short, long] = await on.deliverMany(subscription, 2);
    await on.hold(long!, { lease: MINUTE });
    await on.deliver(subscription);
    assert.deepEqual(await on.store.claimAbandoned(100, MINUTE), []);
    const held = await on.hold(short!, { lease: SHORT });
    const [claim, ...others] = await takeOver(on, 1);
    assert.deepEqual(others, []);
    assert.deepEqual(claim, held);
  },

  'taking over begins no attempt, and lasts for a lease of its own': async (on) => {
    const id = await on.deliver(await on.subscribe());
    await on.hold(id, { lease: SHORT });
    await takeOver(on, 1);
    assert.equal((await on.attempts(id)).length, 1);
    assert.deepEqual(await on.store.claimAbandoned(100, MINUTE), []);
    assert.deepEqual((await on.claim()).claims, []);
  },

  'an abandoned delivery is not claimed again before it is settled': async (on) => {
    const id = await on.deliver(await on.subscribe());
    await on.hold(id, { lease: 1 });
    await on.pass(SHORT);
    assert.deepEqual((await on.claim()).claims, []);
    assert.deepEqual((await on.claim({ deliveryIds: [id] })).claims, []);
  },

  'an abandoned attempt is settled once, and the next one counts on': async (on) => {
    const id = await on.deliver(await on.subscribe());
    await on.hold(id, { lease: SHORT });
    const { delivery } = (await takeOver(on, 1))[0]!;
    const result = {
      outcome: 'unknown',
      duration: 0,
      status: null,
      answer: null,
      error: 'the process ended during the request',
    } as const;
    const end = settlement(delivery, { result, next: { status: 'pending', dueIn: 0 } });
    assert.equal((await on.store.settle([end]))[0]!.status, 'pending');
    assert.equal((await on.store.settle([end]))[0]!.status, null);
    assert.equal((await on.hold(id)).delivery.attempts, 2);
    assert.deepEqual((await on.attempts(id))[0]!.result, result);
  },

  'a late settlement counts when nobody took the claim over': async (on) => {
    const held = await on.hold(await on.deliver(await on.subscribe()), { lease: 1 });
    await on.pass(SHORT);
    const late = settlement(held.delivery, {
      result: SUCCESS,
      next: { status: 'succeeded', reason: null },
    });
    assert.equal((await on.store.settle([late]))[0]!.status, 'succeeded');
    assert.deepEqual(await on.store.claimAbandoned(100, MINUTE), []);
  },

  'claims are taken over up to the limit, each by one only': async (on) => {
    const ids = await on.deliverMany(await on.subscribe(), 7);
    await on.claim({ lease: 1 });
    await on.pass(SHORT);
    assert.equal((await on.store.claimAbandoned(2, 1)).length, 2);
    await on.pass(SHORT);
    const answers = await Promise.all([
      on.store.claimAbandoned(3, MINUTE),
      on.store.claimAbandoned(3, MINUTE),
      on.store.claimAbandoned(3, MINUTE),
    ]);
    const rest = await on.store.claimAbandoned(100, MINUTE);
    assertSameIds(
      [...answers.flat(), ...rest].map(({ delivery }) => delivery.id),
      ids,
    );
  },

  'an abandoned claim of a deleted subscription is given without it': async (on) => {
    const subscription = await on.subscribe();
    const id = await on.deliver(subscription);
    await on.hold(id, { lease: SHORT });
    await on.store.deleteSubscription(TENANT, subscription.id);
    const [claim] = await takeOver(on, 1);
    assert.deepEqual(idsOf([claim!]), [id]);
    assert.equal(claim!.subscription, null);
    assert.equal(claim!.event.id, claim!.delivery.eventId);
  },
};
