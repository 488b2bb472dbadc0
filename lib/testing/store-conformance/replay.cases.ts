import assert from 'node:assert/strict';
import type { EventRecord } from '../../index.js';
import { backfill, EXHAUSTED } from './backfill.cases.js';
import { assertSameIds, MINUTE, StoreCases, TENANT, TYPE } from './store.fixture.js';

export const replayCases: StoreCases = {
  'replay repeats what ended in whatever way, and leaves alone what has not': async (on) => {
    const subscription = await on.subscribe();
    const ended = [await on.delivered(subscription), await on.delivered(subscription, EXHAUSTED)];
    const waiting = await on.delivered(subscription, { status: 'pending', dueIn: MINUTE });
    const inFlight = await on.hold(await on.deliver(subscription));
    const before = await on.delivery(waiting);
    assertSameIds(await backfill(on, 'replay', subscription), ended);
    assert.deepEqual(await on.delivery(waiting), before);
    assert.deepEqual(await on.delivery(inFlight.delivery.id), inFlight.delivery);
    const { claims } = await on.claim();
    assertSameIds(
      claims.map(({ delivery }) => delivery.id),
      ended,
    );
    assert.ok(claims.every(({ delivery }) => delivery.attempts === 2 && delivery.replayed));
  },

  'replay brings events to a subscription that never had them': async (on) => {
    await on.subscribe();
    const first = await on.accept();
    await on.accept({ type: 'user.deleted' });
    await on.accept({ tenant: 'globex' });
    const late = await on.subscribe();
    const ids = await backfill(on, 'replay', late, { patterns: [TYPE] });
    assert.equal(ids.length, 1);
    const delivery = await on.delivery(ids[0]!);
    assert.match(delivery.id, /^dlv_[0-9a-f]{32}$/);
    assert.deepEqual(delivery, {
      id: delivery.id,
      eventId: first.eventId,
      eventType: TYPE,
      subscriptionId: late.id,
      tenant: TENANT,
      status: 'pending',
      reason: null,
      attempts: 0,
      tries: 0,
      replayed: true,
      orderingKey: null,
      dueAt: delivery.createdAt,
      createdAt: delivery.createdAt,
      endedAt: null,
    });
    assert.equal((await on.hold(ids[0]!)).event.id, first.eventId);
    assert.deepEqual(await backfill(on, 'replay', late, { patterns: [TYPE] }), []);
  },

  'replay brings events that no subscription had matched': async (on) => {
    const { eventId } = await on.accept();
    const subscription = await on.subscribe();
    const [id] = await backfill(on, 'replay', subscription);
    assert.equal((await on.delivery(id!)).eventId, eventId);
  },

  'replay goes through many by its cursor, leaving out and repeating nothing': async (on) => {
    const early = await on.subscribe();
    const events: string[] = [];
    for (let index = 0; index < 11; index++) {
      await on.accept({ type: 'user.deleted' });
      events.push((await on.accept()).eventId);
    }
    const late = await on.subscribe();
    for (const subscription of [late, early]) {
      const options = { limit: 4, patterns: [TYPE] };
      const claimed = await on.claim();
      for (const claim of claimed.claims) await on.settle(claim);
      const ids = await backfill(on, 'replay', subscription, options);
      const deliveries = await Promise.all(ids.map((id) => on.delivery(id)));
      assertSameIds(
        deliveries.map(({ eventId }) => eventId),
        events,
      );
      assert.ok(deliveries.every((one) => one.subscriptionId === subscription.id));
    }
  },

  'replay asks of an event that would be new whether it is admitted': async (on) => {
    const early = await on.subscribe();
    const events = [on.event(), on.event({ body: Buffer.from('{"id":"o_2"}') })];
    for (const event of events) {
      const { deliveryIds } = await on.store.accept(event, { subscriptionId: early.id });
      await on.settle(await on.hold(deliveryIds[0]!));
    }
    const late = await on.subscribe();
    const asked: EventRecord[] = [];
    const admits = (event: EventRecord): boolean => {
      asked.push(event);
      return event.id === events[1]!.id;
    };
    const ids = await backfill(on, 'replay', late, { admits });
    assert.deepEqual(asked, events);
    assert.equal(ids.length, 1);
    assert.equal((await on.delivery(ids[0]!)).eventId, events[1]!.id);
    assert.equal((await backfill(on, 'replay', early, { admits: () => false })).length, 2);
  },

  'replay leaves out events whose body was removed': async (on) => {
    const subscription = await on.subscribe();
    const id = await on.delivered(subscription);
    await on.store.expunge(TENANT, (await on.delivery(id)).eventId);
    const other = await on.subscribe();
    assert.deepEqual(await backfill(on, 'replay', subscription), []);
    assert.deepEqual(await backfill(on, 'replay', other), []);
    assert.deepEqual(await backfill(on, 'recover', subscription), []);
  },
};
