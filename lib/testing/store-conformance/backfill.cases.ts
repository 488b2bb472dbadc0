import assert from 'node:assert/strict';
import type { Backfilled, BackfillRequest, SubscriptionRecord } from '../../index.js';
import { assertSameIds, MINUTE, StoreCases, StoreFixture, TENANT } from './store.fixture.js';

export const EXHAUSTED = { status: 'exhausted', reason: 'no try is left' } as const;

/** Calls `recover` or `replay` until the end; gives what it made pending. */
export async function backfill(
  on: StoreFixture,
  call: 'recover' | 'replay',
  { id, tenant }: SubscriptionRecord,
  changes: Partial<BackfillRequest> = {},
): Promise<string[]> {
  const found: string[] = [];
  const request: BackfillRequest = {
    subscriptionId: id,
    since: 0,
    until: Number.MAX_SAFE_INTEGER,
    patterns: ['*'],
    admits: () => true,
    limit: 1_000,
    after: null,
    ...changes,
  };
  let after: string | null = null;
  do {
    const answer: Backfilled = await on.store[call](tenant, { ...request, after });
    assert.ok(answer.deliveryIds.length <= request.limit);
    found.push(...answer.deliveryIds);
    after = answer.next;
  } while (after !== null);
  return found;
}

/** Disables a subscription, so that what waits for it is cancelled, and enables it again. */
async function offAndOn(on: StoreFixture, subscription: SubscriptionRecord): Promise<void> {
  const { id } = subscription;
  const off = { state: 'disabled', disabledReason: 'manual', disabledAt: 1 } as const;
  await on.store.updateSubscription(TENANT, id, (current) => ({ ...current, ...off }));
  await on.store.updateSubscription(TENANT, id, () => subscription);
}

export const backfillCases: StoreCases = {
  'recover makes pending what ended without success, due now': async (on) => {
    const subscription = await on.subscribe();
    const cancelled = await on.deliver(subscription);
    await offAndOn(on, subscription);
    const exhausted = await on.delivered(subscription, EXHAUSTED);
    await on.delivered(subscription);
    await on.delivered(subscription, { status: 'pending', dueIn: MINUTE });
    await on.hold(await on.deliver(subscription));
    await on.delivered(await on.subscribe(), EXHAUSTED);
    const before = await on.delivery(exhausted);
    assertSameIds(await backfill(on, 'recover', subscription), [cancelled, exhausted]);
    const restarted = await on.delivery(exhausted);
    assert.ok(restarted.dueAt! >= before.endedAt!);
    assert.deepEqual(restarted, {
      ...before,
      status: 'pending',
      reason: null,
      tries: 0,
      replayed: true,
      dueAt: restarted.dueAt,
      endedAt: null,
    });
    const { claims } = await on.claim();
    assertSameIds(
      claims.map(({ delivery }) => delivery.id),
      [cancelled, exhausted],
    );
    assert.ok(claims.every(({ delivery }) => delivery.replayed && delivery.tries === 1));
  },

  'recover goes through many by its cursor, leaving out and repeating nothing': async (on) => {
    const subscription = await on.subscribe();
    const lost: string[] = [];
    for (let index = 0; index < 12; index++) {
      const id = await on.delivered(subscription, EXHAUSTED);
      if (index % 3 === 0) await on.delivered(subscription);
      lost.push(id);
    }
    assertSameIds(await backfill(on, 'recover', subscription, { limit: 5 }), lost);
    assert.deepEqual(await backfill(on, 'recover', subscription, { limit: 5 }), []);
  },

  'recover heeds event types': async (on) => {
    const subscription = await on.subscribe();
    const ids: string[] = [];
    for (const type of ['order.paid', 'order.sent.late', 'orders.paid', 'user.deleted']) {
      ids.push(await on.delivered(subscription, EXHAUSTED, { type }));
    }
    const patterns = ['order.*', 'user.deleted'];
    assertSameIds(await backfill(on, 'recover', subscription, { patterns }), [
      ids[0]!,
      ids[1]!,
      ids[3]!,
    ]);
    const all = { patterns: ['user', '*'] };
    assert.deepEqual(await backfill(on, 'recover', subscription, all), [ids[2]]);
  },

  'recover and replay heed the time of the event: from since, before until': async (on) => {
    const subscription = await on.subscribe();
    const times: number[] = [];
    const ids: string[] = [];
    for (let index = 0; index < 4; index++) {
      const occurredAt = await on.now();
      times.push(occurredAt);
      ids.push(await on.delivered(subscription, EXHAUSTED, { occurredAt }));
      await on.pass(20);
    }
    const middle = { since: times[1]!, until: times[3]! };
    const found = await backfill(on, 'recover', subscription, middle);
    assertSameIds(found, [ids[1]!, ids[2]!]);
    const late = { since: times[3]! };
    assert.deepEqual(await backfill(on, 'replay', subscription, late), [ids[3]]);
  },

  'recover and replay do nothing for a disabled or unknown subscription': async (on) => {
    const subscription = await on.subscribe();
    const id = await on.delivered(subscription, EXHAUSTED);
    const off = { state: 'disabled', disabledReason: 'manual', disabledAt: 1 } as const;
    await on.store.updateSubscription(TENANT, subscription.id, (one) => ({ ...one, ...off }));
    const unknown = { ...subscription, id: `sub_${'0'.repeat(32)}` };
    for (const call of ['recover', 'replay'] as const) {
      assert.deepEqual(await backfill(on, call, subscription), []);
      assert.deepEqual(await backfill(on, call, unknown), []);
    }
    assert.equal((await on.delivery(id)).status, 'exhausted');
    assert.equal((await on.list()).length, 1);
  },
};
