import assert from 'node:assert/strict';
import type { SubscriptionRecord } from '../../index.js';
import { assertSameIds, StoreCases, TENANT, TYPE, wanting } from './store.fixture.js';

export const acceptCases: StoreCases = {
  'accept makes one pending delivery per matching subscription, due at once': async (on) => {
    const { id: subscriptionId } = await on.subscribe();
    const event = on.event();
    const accepted = await on.store.accept(event, wanting(TYPE));
    assert.deepEqual(accepted, {
      eventId: event.id,
      created: true,
      fingerprint: null,
      deliveryIds: accepted.deliveryIds,
    });
    assert.equal(accepted.deliveryIds.length, 1);
    const delivery = await on.delivery(accepted.deliveryIds[0]!);
    assert.match(delivery.id, /^dlv_[0-9a-f]{32}$/);
    assert.deepEqual(delivery, {
      id: delivery.id,
      eventId: event.id,
      eventType: TYPE,
      subscriptionId,
      tenant: TENANT,
      status: 'pending',
      reason: null,
      attempts: 0,
      tries: 0,
      replayed: false,
      orderingKey: null,
      dueAt: delivery.createdAt,
      createdAt: delivery.createdAt,
      endedAt: null,
    });
    assert.deepEqual(await on.attempts(delivery.id), []);
  },

  'accept finds a subscription by any of its patterns, and takes it once': async (on) => {
    const exact = await on.subscribe({ eventTypes: ['user.deleted', TYPE] });
    const prefix = await on.subscribe({ eventTypes: ['order.*', TYPE, '*'] });
    const all = await on.subscribe({ eventTypes: ['*'] });
    for (const other of ['order.paid.late', 'order', 'order_paid', 'Order.paid', 'order.p*', '%']) {
      await on.subscribe({ eventTypes: [other] });
    }
    const { deliveryIds } = await on.accept({}, wanting(TYPE, 'order.*', '*'));
    const deliveries = await Promise.all(deliveryIds.map((id) => on.delivery(id)));
    assertSameIds(
      deliveries.map(({ subscriptionId }) => subscriptionId),
      [exact.id, prefix.id, all.id],
    );
  },

  'accept follows a change of event types': async (on) => {
    const { id } = await on.subscribe();
    const change = (eventTypes: string[]) =>
      on.store.updateSubscription(TENANT, id, (current) => ({ ...current, eventTypes }));
    await change(['user.deleted', '*']);
    assert.equal((await on.accept()).deliveryIds.length, 0);
    assert.equal((await on.accept({ type: 'user.deleted' })).deliveryIds.length, 1);
    await change([TYPE]);
    assert.equal((await on.accept()).deliveryIds.length, 1);
    assert.equal((await on.accept({ type: 'user.deleted' })).deliveryIds.length, 0);
  },

  'accept passes disabled and deleted subscriptions over': async (on) => {
    await on.subscribe({ state: 'disabled', disabledReason: 'manual', disabledAt: 1 });
    const { id } = await on.subscribe();
    await on.store.deleteSubscription(TENANT, id);
    const accepted = await on.accept();
    assert.equal(accepted.created, true);
    assert.deepEqual(accepted.deliveryIds, []);
  },

  'accept asks only of a subscription with a filter whether it is admitted': async (on) => {
    const filter = { field: 'total', op: 'gt', value: 10 } as const;
    const free = await on.subscribe();
    const filtered = await on.subscribe({ filter });
    const asked: SubscriptionRecord[] = [];
    const target = (admitted: boolean) => ({
      patterns: [TYPE],
      judgeAll: false,
      admits: (one: SubscriptionRecord) => {
        asked.push(one);
        return admitted;
      },
    });
    assert.equal((await on.accept({}, target(true))).deliveryIds.length, 2);
    const { deliveryIds } = await on.accept({}, target(false));
    assert.equal(deliveryIds.length, 1);
    assert.equal((await on.delivery(deliveryIds[0]!)).subscriptionId, free.id);
    assert.deepEqual(asked, [filtered, filtered]);
  },

  'accept asks of every subscription when all are to be judged': async (on) => {
    const wanted = await on.subscribe({ metadata: { plan: 'pro' } });
    await on.subscribe();
    const { deliveryIds } = await on.accept(
      {},
      { patterns: [TYPE], judgeAll: true, admits: ({ metadata }) => metadata['plan'] === 'pro' },
    );
    assert.equal(deliveryIds.length, 1);
    assert.equal((await on.delivery(deliveryIds[0]!)).subscriptionId, wanted.id);
  },

  'accept takes a single enabled subscription whatever it wants': async (on) => {
    const { id: subscriptionId } = await on.subscribe({ eventTypes: ['user.deleted'] });
    await on.subscribe();
    const { deliveryIds } = await on.accept({}, { subscriptionId });
    assert.equal(deliveryIds.length, 1);
    assert.equal((await on.delivery(deliveryIds[0]!)).subscriptionId, subscriptionId);

    const off = await on.subscribe({ state: 'disabled', disabledReason: 'manual', disabledAt: 1 });
    for (const id of [off.id, `sub_${'0'.repeat(32)}`]) {
      const accepted = await on.accept({}, { subscriptionId: id });
      assert.equal(accepted.created, true);
      assert.deepEqual(accepted.deliveryIds, []);
    }
  },

  'accept fans out to hundreds of subscriptions': async (on) => {
    const ids: string[] = [];
    for (let index = 0; index < 300; index++) ids.push((await on.subscribe()).id);
    const { deliveryIds, eventId } = await on.accept();
    assert.equal(new Set(deliveryIds).size, 300);
    const listed = await on.store.listDeliveries(TENANT, { eventId }, { after: null, limit: 1000 });
    assertSameIds(
      listed.map(({ subscriptionId }) => subscriptionId),
      ids,
    );
  },

  'accept keeps every byte of a body, and none where there is none': async (on) => {
    const subscription = await on.subscribe();
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
    for (const body of [bytes, Buffer.alloc(0)]) {
      const event = on.event({ body, method: 'patch', occurredAt: 1_767_225_600_123 });
      const { deliveryIds } = await on.store.accept(event, { subscriptionId: subscription.id });
      const claim = await on.hold(deliveryIds[0]!);
      assert.ok(Buffer.isBuffer(claim.event.body));
      assert.deepEqual(claim.event, event);
    }
  },
};
