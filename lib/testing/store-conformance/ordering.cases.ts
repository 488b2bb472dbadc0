import assert from 'node:assert/strict';
import type { Settled, Settlement, SubscriptionRecord } from '../../index.js';
import { backfill } from './backfill.cases.js';
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

const KEY = { orderingKey: 'order 42' };
const LATER = { status: 'pending', dueIn: MINUTE } as const;
const SUCCEEDED = { result: SUCCESS, next: { status: 'succeeded', reason: null } } as const;

/** Accepts some events with one key for a subscription, one after the other. */
async function line(
  on: StoreFixture,
  subscription: SubscriptionRecord,
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push(await on.deliver(subscription, KEY));
  return ids;
}

/** Claims whatever is due until nothing is left that was not looked at. */
async function claimed(on: StoreFixture): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { claims, nextDueIn } = await on.claim();
    ids.push(...idsOf(claims));
    if (nextDueIn !== 0) return ids;
  }
}

/** Ends the attempt of a delivery that was claimed. */
async function end(
  on: StoreFixture,
  id: string,
  changes: Partial<Settlement> = SUCCEEDED,
): Promise<Settled> {
  const [settled] = await on.store.settle([settlement(await on.delivery(id), changes)]);
  return settled!;
}

/** Claims and ends whatever comes until nothing is left; gives the ids in that order. */
async function deliverAll(on: StoreFixture): Promise<string[]> {
  const order: string[] = [];
  for (;;) {
    const ids = await claimed(on);
    if (ids.length === 0) return order;
    for (const id of ids) await end(on, id);
    order.push(...ids);
  }
}

function switchTo(
  on: StoreFixture,
  { id }: SubscriptionRecord,
  state: 'enabled' | 'disabled',
): Promise<unknown> {
  return on.store.updateSubscription(TENANT, id, (current) => ({ ...current, state }));
}

export const orderingCases: StoreCases = {
  'of one ordering key one delivery is held at a time, in the order of acceptance': async (on) => {
    const subscription = await on.subscribe();
    const [first, second, third] = await line(on, subscription, 3);
    const other = await on.deliver(subscription, { orderingKey: 'order 43' });
    const without = await on.deliver(subscription);
    assertSameIds(await claimed(on), [first!, other, without]);
    assert.deepEqual(await claimed(on), []);
    assert.equal((await end(on, first!)).released, second);
    assert.deepEqual(await claimed(on), [second]);
    assert.equal((await end(on, second!)).released, third);
    assert.deepEqual(await claimed(on), [third]);
    assert.equal((await end(on, third!)).released, null);
    assert.deepEqual(await claimed(on), []);
  },

  'what waits in the line of its key shows the key and no due time': async (on) => {
    const [first, second] = await line(on, await on.subscribe(), 2);
    await claimed(on);
    assert.equal((await on.delivery(first!)).orderingKey, KEY.orderingKey);
    const { status, orderingKey, dueAt, attempts } = await on.delivery(second!);
    assert.deepEqual(
      { status, orderingKey, dueAt, attempts },
      {
        status: 'pending',
        ...KEY,
        dueAt: null,
        attempts: 0,
      },
    );
    await end(on, first!);
    const { delivery, event } = await on.hold(second!);
    assert.equal(delivery.orderingKey, KEY.orderingKey);
    assert.equal(event.orderingKey, KEY.orderingKey);
  },

  'the next of a key is not claimed by its id either': async (on) => {
    const [first, second] = await line(on, await on.subscribe(), 2);
    const answer = await on.claim({ deliveryIds: [second!] });
    assert.deepEqual(answer.claims, []);
    await on.hold(first!);
    await end(on, first!);
    await on.hold(second!);
  },

  'a further try of a key comes before all that follow': async (on) => {
    const [first, second] = await line(on, await on.subscribe(), 2);
    await claimed(on);
    assert.equal((await end(on, first!, { next: LATER })).released, null);
    assert.deepEqual(await claimed(on), []);
    assert.deepEqual((await on.claim({ deliveryIds: [second!] })).claims, []);
    assert.equal(await on.store.restartDelivery(TENANT, first!), 'restarted');
    assert.deepEqual(await claimed(on), [first]);
    assert.equal((await end(on, first!, {})).released, second);
    assert.deepEqual(await claimed(on), [second]);
  },

  'each subscription has its own order': async (on) => {
    const subscriptions = [await on.subscribe(), await on.subscribe()];
    const events = [await on.accept(KEY), await on.accept(KEY)];
    const of = async ({ id }: SubscriptionRecord): Promise<string[]> =>
      (await on.list({ subscriptionId: id })).toReversed();
    const [one, other] = [await of(subscriptions[0]!), await of(subscriptions[1]!)];
    assertSameIds(
      [...one, ...other],
      events.flatMap(({ deliveryIds }) => deliveryIds),
    );
    assertSameIds(await claimed(on), [one[0]!, other[0]!]);
    await end(on, one[0]!, { next: LATER });
    await end(on, other[0]!);
    assert.deepEqual(await claimed(on), [other[1]]);
  },

  'an expunged event lets the next of its key go': async (on) => {
    const ids = await line(on, await on.subscribe(), 4);
    const [first, second, third, fourth] = ids;
    const expunge = async (id: string): Promise<void> => {
      assert.ok(await on.store.expunge(TENANT, (await on.delivery(id)).eventId));
    };
    await claimed(on);
    await end(on, first!, { next: LATER });
    await expunge(third!);
    assert.deepEqual(await claimed(on), []);
    await expunge(first!);
    assert.deepEqual(await claimed(on), [second]);
    await expunge(second!);
    assert.deepEqual(await claimed(on), []);
    const settled = await end(on, second!, { next: LATER });
    assert.deepEqual([settled.status, settled.released], ['cancelled', fourth]);
    assert.deepEqual(await claimed(on), [fourth]);
  },

  'a restarted delivery comes after all of its key that are pending': async (on) => {
    const ids = await line(on, await on.subscribe(), 3);
    const [first, second, third] = ids;
    await claimed(on);
    await end(on, first!);
    assert.equal(await on.store.restartDelivery(TENANT, first!), 'restarted');
    assert.deepEqual(await deliverAll(on), [second, third, first]);
    assert.equal(await on.store.restartDelivery(TENANT, second!), 'restarted');
    assert.deepEqual(await deliverAll(on), [second]);
  },

  'a restarted delivery that is pending keeps its place': async (on) => {
    const ids = await line(on, await on.subscribe(), 3);
    await claimed(on);
    assert.equal(await on.store.restartDelivery(TENANT, ids[1]!), 'restarted');
    assert.deepEqual(await claimed(on), []);
    await end(on, ids[0]!);
    assert.deepEqual(await deliverAll(on), ids.slice(1));
  },

  'recovered deliveries of a key come in the order of acceptance': async (on) => {
    const subscription = await on.subscribe();
    const ids = await line(on, subscription, 5);
    for (const id of ids) {
      assert.deepEqual(await claimed(on), [id]);
      await end(on, id, {});
    }
    assertSameIds(await backfill(on, 'recover', subscription), ids);
    assert.deepEqual(await deliverAll(on), ids);
  },

  'replayed deliveries of a key come in the order of acceptance': async (on) => {
    const had = await on.subscribe();
    const ids = await line(on, had, 3);
    assert.deepEqual(await deliverAll(on), ids);
    await backfill(on, 'replay', had);
    assert.deepEqual(await deliverAll(on), ids);
    const late = await on.subscribe();
    await backfill(on, 'replay', late);
    const again = await deliverAll(on);
    const events = async (id: string): Promise<string> => (await on.delivery(id)).eventId;
    assert.deepEqual(await Promise.all(again.map(events)), await Promise.all(ids.map(events)));
  },

  'a line is cancelled with its subscription and holds up nothing afterwards': async (on) => {
    const subscription = await on.subscribe();
    const ids = await line(on, subscription, 3);
    await claimed(on);
    await end(on, ids[0]!, { next: LATER });
    await switchTo(on, subscription, 'disabled');
    await switchTo(on, subscription, 'enabled');
    const fresh = await line(on, subscription, 2);
    assert.deepEqual(await deliverAll(on), fresh);
    while (await on.store.cancelWaiting(50));
    assertSameIds(await on.list({ status: 'cancelled' }), ids);
  },

  'what is in flight holds up its key also when its subscription was disabled': async (on) => {
    const subscription = await on.subscribe();
    const [first] = await line(on, subscription, 2);
    await claimed(on);
    await switchTo(on, subscription, 'disabled');
    await switchTo(on, subscription, 'enabled');
    const [fresh] = await line(on, subscription, 1);
    assert.deepEqual(await claimed(on), []);
    assert.equal((await end(on, first!)).released, fresh);
    assert.deepEqual(await claimed(on), [fresh]);
  },

  'an abandoned delivery holds up its key until it has ended': async (on) => {
    const [first, second] = await line(on, await on.subscribe(), 2);
    await on.hold(first!, { lease: 1 });
    await on.eventually(async () => (await on.store.claimAbandoned(10, MINUTE)).length === 1);
    assert.deepEqual(await claimed(on), []);
    await end(on, first!, { next: LATER });
    assert.deepEqual(await claimed(on), []);
    await on.store.restartDelivery(TENANT, first!);
    assert.deepEqual(await claimed(on), [first]);
    await end(on, first!);
    assert.deepEqual(await claimed(on), [second]);
  },

  'a long line of one key does not keep others waiting': async (on) => {
    const subscription = await on.subscribe();
    const [first] = await line(on, subscription, 300);
    await on.hold(first!);
    const other = await on.deliver(subscription);
    for (let asked = 0; asked < 30; asked++) {
      const { claims } = await on.claim({ limit: 10 });
      if (claims.length > 0) {
        assert.deepEqual(idsOf(claims), [other]);
        return;
      }
    }
    assert.fail('the other delivery was not claimed');
  },

  'claimants at once deliver a key in its order': async (on) => {
    const subscription = await on.subscribe();
    const ids = await line(on, subscription, 40);
    const order: string[] = [];
    const work = async (): Promise<void> => {
      const { claims } = await on.claim();
      assert.ok(claims.length <= 1, 'one at a time');
      order.push(...idsOf(claims));
      for (const { delivery } of claims) await on.store.settle([settlement(delivery, SUCCEEDED)]);
    };
    await on.eventually(async () => {
      await Promise.all([work(), work(), work(), work()]);
      return order.length >= ids.length;
    });
    assert.deepEqual(order, ids);
  },
};
