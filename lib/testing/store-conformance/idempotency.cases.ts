import assert from 'node:assert/strict';
import { assertSameIds, StoreCases } from './store.fixture.js';

export const idempotencyCases: StoreCases = {
  'a repeated idempotency key gives the first event and changes nothing': async (on) => {
    await on.subscribe();
    await on.subscribe();
    const idempotency = { key: "order '42' – bezahlt", fingerprint: 'f1' };
    const first = await on.accept({ idempotency });
    assert.equal(first.created, true);
    assert.equal(first.fingerprint, 'f1');
    await on.subscribe();
    const again = await on.accept({ idempotency });
    assertSameIds(again.deliveryIds, first.deliveryIds);
    assert.deepEqual({ ...again, deliveryIds: [] }, { ...first, created: false, deliveryIds: [] });
    assert.equal((await on.list()).length, 2);
  },

  'an idempotency key used for something else gives the fingerprint of the first': async (on) => {
    await on.subscribe();
    const first = await on.accept({ idempotency: { key: 'k', fingerprint: 'f1' } });
    const other = await on.accept({ idempotency: { key: 'k', fingerprint: 'f2' } });
    assert.deepEqual(other, { ...first, created: false });
  },

  'an idempotency key belongs to its tenant': async (on) => {
    await on.subscribe();
    await on.subscribe({ tenant: 'globex' });
    const idempotency = { key: 'k', fingerprint: 'f' };
    const one = await on.accept({ idempotency });
    const other = await on.accept({ idempotency, tenant: 'globex' });
    assert.equal(other.created, true);
    assert.notEqual(other.eventId, one.eventId);
    assert.equal((await on.list({}, 'globex')).length, 1);
  },

  'events without an idempotency key are never the same': async (on) => {
    await on.subscribe();
    assert.equal((await on.accept()).created, true);
    assert.equal((await on.accept()).created, true);
    assert.equal((await on.list()).length, 2);
  },

  'of many concurrent events with one idempotency key one is accepted': async (on) => {
    await on.subscribe();
    const idempotency = { key: 'k', fingerprint: 'f' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => on.accept({ idempotency })));
    assert.equal(answers.filter(({ created }) => created).length, 1);
    assert.equal(new Set(answers.map(({ eventId }) => eventId)).size, 1);
    const deliveries = new Set(answers.flatMap(({ deliveryIds }) => deliveryIds));
    assert.deepEqual([...deliveries], await on.list());
  },
};
