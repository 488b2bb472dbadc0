import { setImmediate } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EndedAttempt, Settler } from '../../../lib/delivery/settler.js';
import { InProcessEngine } from '../../../lib/engine/in-process/in-process.engine.js';
import { InMemoryWebhookStore } from '../../../lib/store/memory/in-memory-webhook.store.js';
import type { Claim, Settled, Settlement } from '../../../lib/store/webhook.store.js';
import { FakeClock } from '../../../lib/testing/fake.clock.js';

/** Notes what it is asked, and refuses it when told to. */
class NotingStore extends InMemoryWebhookStore {
  readonly batches: string[][] = [];
  refusals = 0;

  override async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    this.batches.push(settlements.map(({ deliveryId }) => deliveryId));
    if (this.refusals-- > 0) throw new Error('the store is away');
    return super.settle(settlements);
  }
}

function ended(deliveryId: string): EndedAttempt {
  const result = {
    outcome: 'success',
    duration: 1,
    status: 204,
    answer: null,
    error: null,
  } as const;
  const next = { status: 'succeeded', reason: null } as const;
  return {
    claim: {} as Claim,
    settlement: { deliveryId, attempt: 1, result, next, disable: null },
  };
}

describe('settler', () => {
  let clock: FakeClock;
  let store: NotingStore;
  let settler: Settler;
  let settled: string[];

  beforeEach(() => {
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    clock = new FakeClock();
    store = new NotingStore({ clock });
    settled = [];
    settler = new Settler(store, new InProcessEngine(clock), clock, (attempts) => {
      for (const { settlement } of attempts) settled.push(settlement.deliveryId);
    });
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('hands over together what ended in one turn of the event loop', async () => {
    for (const id of ['a', 'b']) settler.add(ended(id));
    await Promise.resolve();
    settler.add(ended('c'));
    await setImmediate();
    settler.add(ended('d'));
    await setImmediate();
    expect(store.batches).toEqual([['a', 'b', 'c'], ['d']]);
    expect(settled).toEqual(['a', 'b', 'c', 'd']);
  });

  it('hands over what is left when it is drained, and once', async () => {
    settler.add(ended('a'));
    await settler.drain();
    expect(settled).toEqual(['a']);
    await setImmediate();
    expect(store.batches).toEqual([['a']]);
  });

  it('tries again what the store refused, with what came since', async () => {
    store.refusals = 1;
    settler.add(ended('a'));
    await setImmediate();
    settler.add(ended('b'));
    await setImmediate();
    expect(store.batches).toEqual([['a']]);
    await clock.advance(1_000);
    expect(store.batches).toEqual([['a'], ['a', 'b']]);
    expect(settled).toEqual(['a', 'b']);
  });

  it('leaves the store alone once it is drained', async () => {
    store.refusals = 2;
    settler.add(ended('a'));
    await setImmediate();
    await settler.drain();
    await clock.advance(10_000);
    await setImmediate();
    expect(store.batches).toEqual([['a'], ['a']]);
  });
});
