import assert from 'node:assert/strict';
import {
  FAILURE,
  idsOf,
  MINUTE,
  settlement,
  StoreCases,
  SUCCESS,
  TENANT,
} from './store.fixture.js';

const SUCCEEDED = { status: 'succeeded', reason: null } as const;

export const settleCases: StoreCases = {
  'a success ends the delivery': async (on) => {
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const end = settlement(delivery, { result: SUCCESS, next: SUCCEEDED });
    assert.deepEqual(await on.store.settle([end]), [
      {
        deliveryId: delivery.id,
        status: 'succeeded',
        disabled: false,
        recovered: false,
        released: null,
      },
    ]);
    const ended = await on.delivery(delivery.id);
    assert.ok(ended.endedAt !== null && ended.endedAt >= delivery.createdAt);
    const { endedAt } = ended;
    assert.deepEqual(ended, { ...delivery, status: 'succeeded', dueAt: null, endedAt });
    const [attempt] = await on.attempts(delivery.id);
    assert.deepEqual(attempt!.result, SUCCESS);
  },

  'a further try is due after the delay': async (on) => {
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const next = { status: 'pending', dueIn: MINUTE } as const;
    assert.deepEqual(await on.store.settle([settlement(delivery, { next })]), [
      {
        deliveryId: delivery.id,
        status: 'pending',
        disabled: false,
        recovered: false,
        released: null,
      },
    ]);
    const waiting = await on.delivery(delivery.id);
    assert.ok(waiting.dueAt! >= delivery.createdAt + MINUTE);
    assert.deepEqual(waiting, { ...delivery, dueAt: waiting.dueAt });
    assert.deepEqual((await on.attempts(delivery.id))[0]!.result, FAILURE);
  },

  'an end without success keeps its reason': async (on) => {
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const next = { status: 'exhausted', reason: 'kein Versuch übrig' } as const;
    const [settled] = await on.store.settle([settlement(delivery, { next })]);
    assert.equal(settled!.status, 'exhausted');
    const ended = await on.delivery(delivery.id);
    assert.equal(ended.status, 'exhausted');
    assert.equal(ended.reason, next.reason);
    assert.equal(ended.dueAt, null);
  },

  'an attempt without an answer is recorded as such': async (on) => {
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const result = {
      outcome: 'timeout',
      duration: 15_000,
      status: null,
      answer: null,
      error: 'no answer in time',
    } as const;
    await on.settle({ delivery }, { result });
    assert.deepEqual((await on.attempts(delivery.id))[0]!.result, result);
  },

  'only the holder of the claim can settle, and once': async (on) => {
    const subscription = await on.subscribe();
    const { delivery } = await on.hold(await on.deliver(subscription));
    const nothing = { status: null, disabled: false, recovered: false, released: null };
    const idle = await on.deliver(subscription);
    const unknown = `dlv_${'0'.repeat(32)}`;
    const strangers = [
      settlement(delivery, { attempt: 2 }),
      settlement(delivery, { attempt: 0 }),
      settlement({ ...delivery, id: idle }),
      settlement({ ...delivery, id: idle, attempts: 0 }),
      settlement({ ...delivery, id: unknown }, { disable: 'gone' }),
    ];
    const refused = strangers.map(({ deliveryId }) => ({ deliveryId, ...nothing }));
    assert.deepEqual(await on.store.settle(strangers), refused);
    assert.equal((await on.delivery(delivery.id)).status, 'pending');
    assert.equal((await on.delivery(idle)).attempts, 0);
    assert.equal((await on.store.getSubscription(TENANT, subscription.id))!.state, 'enabled');

    const end = settlement(delivery, { result: SUCCESS, next: SUCCEEDED });
    assert.equal((await on.store.settle([end]))[0]!.status, 'succeeded');
    const ended = await on.delivery(delivery.id);
    const again = settlement(delivery, { disable: 'gone' });
    assert.deepEqual(await on.store.settle([again]), [{ deliveryId: delivery.id, ...nothing }]);
    assert.deepEqual(await on.delivery(delivery.id), ended);
    assert.equal((await on.store.getSubscription(TENANT, subscription.id))!.state, 'enabled');
  },

  'an earlier attempt cannot be settled when a later one is in flight': async (on) => {
    const id = await on.deliver(await on.subscribe());
    const first = await on.hold(id);
    await on.settle(first, { next: { status: 'pending', dueIn: 0 } });
    const second = await on.hold(id);
    assert.equal((await on.store.settle([settlement(first.delivery)]))[0]!.status, null);
    assert.equal((await on.store.settle([settlement(second.delivery)]))[0]!.status, 'exhausted');
  },

  'many are settled in one call, answered in their order': async (on) => {
    const subscriptions = [await on.subscribe(), await on.subscribe()];
    for (const subscription of subscriptions) await on.deliverMany(subscription, 60);
    const { claims } = await on.claim({ limit: 120 });
    assert.equal(claims.length, 120);
    const ends = claims.map(({ delivery }, index) =>
      index % 3 === 0
        ? settlement(delivery, { result: SUCCESS, next: SUCCEEDED })
        : settlement(delivery, { next: { status: 'pending', dueIn: MINUTE } }),
    );
    const settled = await on.store.settle(ends);
    assert.deepEqual(
      settled.map(({ deliveryId }) => deliveryId),
      idsOf(claims),
    );
    assert.deepEqual(
      settled.map(({ status }) => status),
      ends.map(({ next }) => next.status),
    );
    assert.equal((await on.list({ status: 'succeeded' })).length, 40);
    assert.equal((await on.list({ status: 'pending' })).length, 80);
    assert.deepEqual(await on.store.settle([]), []);
  },

  'of two settlements of one attempt in one call the first counts': async (on) => {
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const settled = await on.store.settle([
      settlement(delivery, { result: SUCCESS, next: SUCCEEDED }),
      settlement(delivery),
    ]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ['succeeded', null],
    );
    assert.equal((await on.delivery(delivery.id)).status, 'succeeded');
    assert.deepEqual((await on.attempts(delivery.id))[0]!.result, SUCCESS);
  },

  'of two concurrent settlements of one attempt one counts': async (on) => {
    const { delivery } = await on.hold(await on.deliver(await on.subscribe()));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => on.store.settle([settlement(delivery)])),
    );
    const statuses = answers.flat().map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 'exhausted').length, 1);
    assert.equal(statuses.filter((status) => status === null).length, 4);
  },
};
