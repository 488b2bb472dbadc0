import assert from 'node:assert/strict';
import type { SubscriptionRecord } from '../../index.js';
import { backfill } from './backfill.cases.js';
import {
  assertSameIds,
  FAILURE,
  idsOf,
  MINUTE,
  settlement,
  StoreCases,
  StoreFixture,
  SUCCESS,
  TENANT,
} from './store.fixture.js';

const LATER = { status: 'pending', dueIn: MINUTE } as const;
const SUCCEEDED = { status: 'succeeded', reason: null } as const;

async function failingSince(on: StoreFixture, { id }: SubscriptionRecord): Promise<number | null> {
  return (await on.store.getSubscription(TENANT, id))!.failingSince;
}

function disable(on: StoreFixture, { id }: SubscriptionRecord): Promise<SubscriptionRecord | null> {
  const change = { state: 'disabled', disabledReason: 'manual', disabledAt: 5 } as const;
  return on.store.updateSubscription(TENANT, id, (current) => ({ ...current, ...change }));
}

/** More than a store is likely to cancel in one transaction. */
async function deliverLong(on: StoreFixture, subscription: SubscriptionRecord): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < 800) {
    const some = Array.from({ length: 100 }, () => on.deliver(subscription));
    ids.push(...(await Promise.all(some)));
  }
  return ids;
}

async function cancelAll({ store }: StoreFixture): Promise<void> {
  while (await store.cancelWaiting(50));
}

export const disableCases: StoreCases = {
  'a failure begins a run of failures, which a success ends': async (on) => {
    const subscription = await on.subscribe();
    const first = await on.delivered(subscription, LATER);
    const since = await failingSince(on, subscription);
    assert.ok(since !== null && since >= (await on.delivery(first)).createdAt);
    await on.pass(5);
    await on.delivered(subscription, LATER);
    assert.equal(await failingSince(on, subscription), since);

    const { delivery } = await on.hold(await on.deliver(subscription));
    const success = settlement(delivery, { result: SUCCESS, next: SUCCEEDED });
    assert.deepEqual(await on.store.settle([success]), [
      {
        deliveryId: delivery.id,
        status: 'succeeded',
        disabled: false,
        recovered: true,
        released: null,
      },
    ]);
    assert.equal(await failingSince(on, subscription), null);
  },

  'a run of failures is noted within one call too': async (on) => {
    const subscription = await on.subscribe();
    const ids = await on.deliverMany(subscription, 3);
    const held = [];
    for (const id of ids) held.push((await on.hold(id)).delivery);
    const settled = await on.store.settle([
      settlement(held[0]!, { result: FAILURE }),
      settlement(held[1]!, { result: SUCCESS, next: SUCCEEDED }),
      settlement(held[2]!, { result: SUCCESS, next: SUCCEEDED }),
    ]);
    assert.deepEqual(
      settled.map(({ recovered }) => recovered),
      [false, true, false],
    );
    assert.equal(await failingSince(on, subscription), null);
  },

  'a settlement disables the subscription and cancels what else is pending': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await on.deliver(subscription);
    const later = await on.delivered(subscription, LATER);
    const inFlight = await on.hold(await on.deliver(subscription));
    const other = await on.deliver(await on.subscribe());
    const { delivery } = await on.hold(await on.deliver(subscription));
    const end = settlement(delivery, { disable: 'gone' });
    assert.deepEqual(await on.store.settle([end]), [
      {
        deliveryId: delivery.id,
        status: 'exhausted',
        disabled: true,
        recovered: false,
        released: null,
      },
    ]);
    const disabled = await on.store.getSubscription(TENANT, subscription.id);
    assert.ok(disabled!.disabledAt !== null && disabled!.disabledAt >= delivery.createdAt);
    assert.equal(disabled!.state, 'disabled');
    assert.equal(disabled!.disabledReason, 'gone');
    assert.equal(disabled!.updatedAt, disabled!.disabledAt);
    for (const id of [waiting, later]) {
      const { status, reason, dueAt } = await on.delivery(id);
      assert.deepEqual([status, reason, dueAt], ['cancelled', 'subscription disabled', null]);
    }
    assert.equal((await on.delivery(inFlight.delivery.id)).status, 'pending');
    const { claims, nextDueIn } = await on.claim();
    assert.deepEqual(
      claims.map((claim) => claim.delivery.id),
      [other],
    );
    assert.equal(nextDueIn, null);
  },

  'only the settlement that disables says so': async (on) => {
    const subscription = await on.subscribe();
    const ids = await on.deliverMany(subscription, 3);
    const ends = [];
    for (const id of ids) {
      const { delivery } = await on.hold(id);
      ends.push(settlement(delivery, { disable: 'failing' }));
    }
    const settled = [
      ...(await on.store.settle(ends.slice(0, 2))),
      ...(await on.store.settle(ends.slice(2))),
    ];
    assert.deepEqual(
      settled.map(({ disabled }) => disabled),
      [true, false, false],
    );
  },

  'a disabling settlement cancels what the same call made wait, before and after': async (on) => {
    const subscription = await on.subscribe();
    const ids = await on.deliverMany(subscription, 3);
    const held = [];
    for (const id of ids) held.push((await on.hold(id)).delivery);
    await on.store.settle([
      settlement(held[0]!, { next: LATER }),
      settlement(held[1]!, { disable: 'gone' }),
      settlement(held[2]!, { next: LATER }),
    ]);
    assertSameIds(await on.list({ status: 'cancelled' }), [ids[0]!, ids[2]!]);
    assert.deepEqual(await on.list({ status: 'exhausted' }), [ids[1]]);
  },

  'disabling by an update cancels what is pending and not in flight': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await on.deliver(subscription);
    const later = await on.delivered(subscription, LATER);
    const failed = await on.hold(await on.deliver(subscription));
    const succeeded = await on.hold(await on.deliver(subscription));
    await disable(on, subscription);
    assertSameIds(await on.list({ status: 'cancelled' }), [waiting, later]);

    const settled = await on.store.settle([
      settlement(failed.delivery, { next: LATER }),
      settlement(succeeded.delivery, { result: SUCCESS, next: SUCCEEDED }),
    ]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['cancelled', 'succeeded'],
    );
    assert.equal((await on.delivery(failed.delivery.id)).reason, 'subscription disabled');
    assert.deepEqual((await on.claim()).claims, []);
  },

  'deleting cancels what is pending, and a further try of what is in flight': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await on.deliver(subscription);
    const { delivery } = await on.hold(await on.deliver(subscription));
    assert.equal(await on.store.deleteSubscription(TENANT, subscription.id), true);
    assert.equal((await on.delivery(waiting)).reason, 'subscription deleted');
    const [settled] = await on.store.settle([
      settlement(delivery, { next: LATER, disable: 'gone' }),
    ]);
    assert.deepEqual(settled, {
      deliveryId: delivery.id,
      status: 'cancelled',
      disabled: false,
      recovered: false,
      released: null,
    });
    assert.equal((await on.delivery(delivery.id)).reason, 'subscription deleted');
    assert.deepEqual((await on.claim()).claims, []);
  },

  'a long backlog is cancelled little by little, and nothing of it is claimed': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await deliverLong(on, subscription);
    await disable(on, subscription);
    assert.deepEqual((await on.claim()).claims, []);
    assert.deepEqual((await on.claim({ deliveryIds: waiting.slice(-100) })).claims, []);
    await cancelAll(on);
    assert.equal((await on.list({ status: 'cancelled' })).length, waiting.length);
    assert.equal((await on.delivery(waiting.at(-1)!)).reason, 'subscription disabled');
  },

  'a long backlog stays cancelled when the subscription is enabled meanwhile': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await deliverLong(on, subscription);
    const { delivery } = await on.hold(await on.deliver(subscription));
    await disable(on, subscription);
    await on.store.updateSubscription(TENANT, subscription.id, () => subscription);
    const fresh = await on.deliver(subscription);
    await on.store.settle([settlement(delivery, { next: { status: 'pending', dueIn: 0 } })]);
    const chosen = waiting.at(-1)!;
    assert.equal(await on.store.restartDelivery(TENANT, chosen), 'restarted');
    const wanted = [fresh, delivery.id, chosen];
    const held: string[] = [];
    await on.eventually(async () => {
      held.push(...idsOf((await on.claim()).claims));
      return held.length >= wanted.length;
    });
    assertSameIds(held, wanted);
    await cancelAll(on);
    assert.equal((await on.list({ status: 'cancelled' })).length, waiting.length - 1);
    assertSameIds(await on.list({ status: 'pending' }), wanted);
  },

  'what a long backlog left can be recovered at once': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await deliverLong(on, subscription);
    await disable(on, subscription);
    await on.store.updateSubscription(TENANT, subscription.id, () => subscription);
    assertSameIds(await backfill(on, 'recover', subscription), waiting);
    await cancelAll(on);
    assertSameIds(await on.list({ status: 'pending' }), waiting);
  },

  'what a long backlog of a deleted subscription left is cancelled': async (on) => {
    const subscription = await on.subscribe();
    const waiting = await deliverLong(on, subscription);
    await on.store.deleteSubscription(TENANT, subscription.id);
    assert.deepEqual((await on.claim()).claims, []);
    await cancelAll(on);
    assert.equal((await on.list({ status: 'cancelled' })).length, waiting.length);
    assert.equal((await on.delivery(waiting.at(-1)!)).reason, 'subscription deleted');
  },

  'what was cancelled stays so when the subscription is enabled again': async (on) => {
    const subscription = await on.subscribe();
    const before = await on.deliver(subscription);
    await disable(on, subscription);
    await on.store.updateSubscription(TENANT, subscription.id, () => subscription);
    assert.deepEqual((await on.claim()).claims, []);
    assert.equal((await on.delivery(before)).status, 'cancelled');
    await on.hold(await on.deliver(subscription));
  },
};
