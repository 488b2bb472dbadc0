import assert from 'node:assert/strict';
import type { SubscriptionRecord } from '../../index.js';
import { StoreCases, TENANT } from './store.fixture.js';

const DETAILS: Partial<SubscriptionRecord> = {
  url: 'https://receiver.example:8443/hooks?to=ä&x=%20',
  eventTypes: ['order.*', 'user.deleted'],
  description: 'Bob\'s – „Shop“ 🙂 \\ " ; --',
  metadata: { plan: 'pro', __proto__x: '{}', 'a b': '' },
  headers: { authorization: 'Bearer t0ken', 'x-empty': '' },
  secrets: [
    { value: 'whsec_bmV3', createdAt: 1_767_225_600_123, expiresAt: null },
    { value: 'whsec_b2xk', createdAt: 1_767_139_200_000, expiresAt: 1_767_312_000_000 },
  ],
  auth: { type: 'basic', username: 'ä"', password: 'p:w' },
  clientCertificate: { cert: '-----BEGIN CERTIFICATE-----\n', key: 'k' },
  retry: { delays: [1, 5_000, 86_400_000], jitter: 0.25 },
  filter: {
    all: [
      { field: 'total', op: 'gte', value: 1.5 },
      { any: [{ field: 'country', op: 'in', value: ['DE', null, true] }] },
      { not: { field: 'test', op: 'eq', value: true } },
    ],
  },
  concurrency: 3,
  rateLimit: 0.5,
  failingSince: 1_767_225_600_456,
  updatedAt: 1_767_225_600_789,
};

export const subscriptionCases: StoreCases = {
  'a subscription comes back as it was given': async (on) => {
    const full = await on.subscribe(DETAILS);
    const bare = await on.subscribe();
    const off = await Promise.all(
      (['manual', 'gone', 'failing', 'unverified'] as const).map((disabledReason) =>
        on.subscribe({ state: 'disabled', disabledReason, disabledAt: 7 }),
      ),
    );
    for (const record of [full, bare, ...off]) {
      assert.deepEqual(await on.store.getSubscription(TENANT, record.id), record);
    }
    assert.equal(await on.store.getSubscription(TENANT, `sub_${'0'.repeat(32)}`), null);
  },

  'a tenant has at most as many subscriptions as the limit says': async (on) => {
    const create = (tenant: string, limit: number) =>
      on.store.createSubscription(on.subscription({ tenant }), limit);
    assert.equal(await create(TENANT, 2), true);
    assert.equal(await create(TENANT, 2), true);
    assert.equal(await create(TENANT, 2), false);
    assert.equal(await create('globex', 1), true);
    const [first] = await on.store.listSubscriptions(TENANT, { after: null, limit: 10 });
    await on.store.deleteSubscription(TENANT, first!.id);
    assert.equal(await create(TENANT, 2), true);
    assert.equal(await create(TENANT, 0), false);
    assert.equal(await create(TENANT, Infinity), true);
    const kept = await on.store.listSubscriptions(TENANT, { after: null, limit: 10 });
    assert.equal(kept.length, 3);
  },

  'the limit holds for concurrent calls': async (on) => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => on.store.createSubscription(on.subscription(), 5)),
    );
    assert.equal(answers.filter(Boolean).length, 5);
    const kept = await on.store.listSubscriptions(TENANT, { after: null, limit: 20 });
    assert.equal(kept.length, 5);
  },

  'subscriptions are listed newest first, in pages': async (on) => {
    const records: SubscriptionRecord[] = [];
    for (let index = 0; index < 7; index++) records.unshift(await on.subscribe());
    const found: SubscriptionRecord[] = [];
    for (let after: string | null = null; ; after = found.at(-1)!.id) {
      const page = await on.store.listSubscriptions(TENANT, { after, limit: 3 });
      if (page.length === 0) break;
      assert.ok(page.length <= 3);
      found.push(...page);
    }
    assert.deepEqual(found, records);
  },

  'an update replaces a subscription by what the change makes of it': async (on) => {
    const record = await on.subscribe();
    const { id, tenant, createdAt } = record;
    const changed = { ...record, ...DETAILS, id, tenant, createdAt };
    const seen: SubscriptionRecord[] = [];
    const answer = await on.store.updateSubscription(TENANT, id, (current) => {
      seen.push(current);
      return changed;
    });
    assert.deepEqual(seen, [record]);
    assert.deepEqual(answer, changed);
    assert.deepEqual(await on.store.getSubscription(TENANT, id), changed);
    const unknown = `sub_${'0'.repeat(32)}`;
    assert.equal(await on.store.updateSubscription(TENANT, unknown, () => record), null);
  },

  'concurrent updates build on each other': async (on) => {
    const { id } = await on.subscribe({ metadata: { count: '0' } });
    await Promise.all(
      Array.from({ length: 10 }, () =>
        on.store.updateSubscription(TENANT, id, (current) => ({
          ...current,
          metadata: { count: String(Number(current.metadata['count']) + 1) },
        })),
      ),
    );
    const record = await on.store.getSubscription(TENANT, id);
    assert.deepEqual(record!.metadata, { count: '10' });
  },

  'a change that throws changes nothing': async (on) => {
    const record = await on.subscribe();
    const refusal = new Error('too many secrets');
    const update = on.store.updateSubscription(TENANT, record.id, () => {
      throw refusal;
    });
    await assert.rejects(update, (thrown) => thrown === refusal);
    assert.deepEqual(await on.store.getSubscription(TENANT, record.id), record);
    assert.equal((await on.accept()).deliveryIds.length, 1);
  },

  'a record handed out is not changed by a later update': async (on) => {
    const { id } = await on.subscribe({ description: 'before' });
    const before = await on.store.getSubscription(TENANT, id);
    await on.store.updateSubscription(TENANT, id, (current) => ({
      ...current,
      description: 'after',
    }));
    assert.equal(before!.description, 'before');
  },

  'a deleted subscription is gone, what happened to it stays': async (on) => {
    const subscription = await on.subscribe();
    const delivered = await on.delivered(subscription);
    assert.equal(await on.store.deleteSubscription(TENANT, subscription.id), true);
    assert.equal(await on.store.deleteSubscription(TENANT, subscription.id), false);
    assert.equal(await on.store.getSubscription(TENANT, subscription.id), null);
    assert.deepEqual(await on.store.listSubscriptions(TENANT, { after: null, limit: 9 }), []);
    assert.equal((await on.delivery(delivered)).status, 'succeeded');
    assert.equal((await on.attempts(delivered)).length, 1);
  },
};
