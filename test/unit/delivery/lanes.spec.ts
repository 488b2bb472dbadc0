import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Lanes, Seat } from '../../../lib/delivery/lanes.js';
import { FakeClock } from '../../../lib/testing/fake.clock.js';

describe('lanes', () => {
  let lanes: Lanes;
  let freed: number;

  beforeEach(() => {
    freed = 0;
    lanes = new Lanes({ total: 64, slow: 128 }, new FakeClock(), {
      onSlow: () => undefined,
      onSlowLane: () => undefined,
      onFreed: () => void freed++,
    });
  });

  const enter = (count: number, { later = false, slow = false }): Seat[] =>
    Array.from({ length: count }, (_, index) => lanes.enter(`sub_${index}`, slow, later));

  it('begins few later tries in a turn of the event loop, and goes on in the next one', async () => {
    expect(lanes.laterFree).toBe(4);
    enter(4, { later: true });
    expect(lanes.laterFree).toBe(0);
    expect(freed).toBe(0);
    await setImmediate();
    expect(lanes.laterFree).toBe(4);
    expect(freed).toBe(1);
  });

  it('counts those that have ended in the same turn, and those of slow subscriptions', () => {
    for (const seat of enter(2, { later: true })) lanes.leave(seat);
    enter(1, { later: true, slow: true });
    expect(lanes.laterFree).toBe(1);
  });

  it('tells of a new turn only when it was waited for', async () => {
    enter(3, { later: true });
    await setImmediate();
    expect(lanes.laterFree).toBe(4);
    expect(freed).toBe(0);
  });

  it('begins more of them in a turn where a claim takes long, and no more than there is room', () => {
    lanes.noteClaim(1);
    expect(lanes.laterFree).toBe(8);
    lanes.noteClaim(50);
    expect(lanes.laterFree).toBe(16);
    enter(10, { later: true });
    expect(lanes.laterFree).toBe(6);
    lanes.noteClaim(0.1);
    expect(lanes.laterFree).toBe(0);
  });

  it('lets first tries begin whatever later ones do', () => {
    enter(4, { later: true });
    enter(10, {});
    expect(lanes.free).toBe(50);
    expect(lanes.laterFree).toBe(0);
  });

  it('has at most a quarter of the places for later tries, over many turns', async () => {
    for (let turn = 0; turn < 4; turn++) {
      enter(lanes.laterFree, { later: true });
      await setImmediate();
    }
    expect(lanes.free).toBe(48);
    expect(lanes.laterFree).toBe(0);
  });
});
