import assert from 'node:assert/strict';
import type { DeliveryFilter, DeliveryRecord } from '../../index.js';
import { assertSameIds, MINUTE, StoreCases, StoreFixture, TENANT } from './store.fixture.js';

const TYPES = ['order.paid', 'order.created', 'user.deleted'];
const ENDS = [
  { status: 'succeeded', reason: null },
  { status: 'exhausted', reason: 'no try is left' },
  { status: 'pending', dueIn: MINUTE },
] as const;

/** Deliveries of every type and state to two subscriptions, oldest first, some time apart. */
async function history(on: StoreFixture): Promise<DeliveryRecord[]> {
  const subscriptions = [await on.subscribe(), await on.subscribe()];
  const records: DeliveryRecord[] = [];
  for (const type of TYPES) {
    for (const next of ENDS) {
      for (const subscription of subscriptions) {
        const id = await on.delivered(subscription, next, { type });
        records.push(await on.delivery(id));
      }
      await on.pass(3);
    }
  }
  return records;
}

function expected(records: readonly DeliveryRecord[], filter: DeliveryFilter): string[] {
  return records
    .filter(
      (one) =>
        (filter.subscriptionId === undefined || one.subscriptionId === filter.subscriptionId) &&
        (filter.eventId === undefined || one.eventId === filter.eventId) &&
        (filter.eventType === undefined || one.eventType === filter.eventType) &&
        (filter.status === undefined || one.status === filter.status) &&
        (filter.since === undefined || one.createdAt >= filter.since) &&
        (filter.until === undefined || one.createdAt < filter.until),
    )
    .map(({ id }) => id)
    .toReversed();
}

export const deliveryCases: StoreCases = {
  'deliveries are listed by any criteria, newest first': async (on) => {
    const records = await history(on);
    const { subscriptionId, eventId } = records[2]!;
    const since = records[4]!.createdAt;
    const until = records[14]!.createdAt;
    const filters: DeliveryFilter[] = [
      {},
      { subscriptionId },
      { eventId },
      { eventType: 'order.created' },
      { status: 'exhausted' },
      { status: 'pending' },
      { status: 'cancelled' },
      { since },
      { until },
      { since, until },
      { subscriptionId, status: 'succeeded' },
      { subscriptionId, eventType: 'order.paid' },
      { subscriptionId, eventId },
      { subscriptionId, since, until },
      { status: 'exhausted', eventType: 'user.deleted', since },
      { subscriptionId, status: 'exhausted', eventType: 'order.created', since, until },
      { subscriptionId: `sub_${'0'.repeat(32)}` },
      { eventId: `evt_${'0'.repeat(32)}` },
      { eventType: 'order' },
      { since: until, until: since },
    ];
    for (const filter of filters) {
      assert.deepEqual(await on.list(filter), expected(records, filter), JSON.stringify(filter));
    }
  },

  'deliveries are listed in pages that leave out and repeat nothing': async (on) => {
    const records = await history(on);
    const { subscriptionId } = records[0]!;
    for (const filter of [{}, { subscriptionId }, { status: 'succeeded' as const }]) {
      const found: string[] = [];
      for (let after: string | null = null; ; after = found.at(-1)!) {
        const page = await on.store.listDeliveries(TENANT, filter, { after, limit: 4 });
        if (page.length === 0) break;
        assert.ok(page.length <= 4);
        found.push(...page.map(({ id }) => id));
        // What comes meanwhile is newer, so that it is on no later page.
        await on.delivered((await on.store.getSubscription(TENANT, subscriptionId))!);
      }
      assert.deepEqual(found.slice(0, records.length), [...new Set(found)]);
      const known = new Set(records.map(({ id }) => id));
      assert.deepEqual(
        found.filter((id) => known.has(id)),
        expected(records, filter),
      );
    }
  },

  'a listed delivery is the same as one asked for by its id': async (on) => {
    const records = await history(on);
    const listed = await on.store.listDeliveries(TENANT, {}, { after: null, limit: 100 });
    assert.deepEqual(listed.toReversed(), records);
  },

  'deliveries of one event are found by it': async (on) => {
    for (let index = 0; index < 3; index++) await on.subscribe();
    await on.accept();
    const { eventId, deliveryIds } = await on.accept();
    assertSameIds(await on.list({ eventId }), deliveryIds);
  },

  'an unknown delivery is null': async (on) => {
    assert.equal(await on.store.getDelivery(TENANT, `dlv_${'0'.repeat(32)}`), null);
  },
};
