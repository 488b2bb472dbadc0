import assert from 'node:assert/strict';
import { MINUTE, StoreFixture } from './store.fixture.js';

export const replicaCases = {
  async 'counts processes that deliver, each once, until it is told that one ended'({
    store,
  }: StoreFixture) {
    assert.equal(await store.noteReplica('one', MINUTE), 1);
    assert.equal(await store.noteReplica('one', MINUTE), 1);
    const counted = await store.noteReplica('two', MINUTE);
    assert.ok(counted <= 2, 'no more than there are');
    assert.equal(await store.noteReplica('one', MINUTE), counted);
    await store.noteReplica('two', 0);
    assert.equal(await store.noteReplica('one', MINUTE), 1);
  },
};
