import { beforeEach, describe, expect, it } from '@jest/globals';
import { Pacing, ROOM_OF_UNKNOWN } from '../../../lib/delivery/pacing.js';
import { InMemoryWebhookStore, SubscriptionRecord } from '../../../lib/index.js';
import { FakeClock } from '../../../lib/testing/fake.clock.js';
import { StoreFixture } from '../../../lib/testing/store-conformance/store.fixture.js';

describe('the room of subscriptions', () => {
  const total = 4;
  const subscriptions = new StoreFixture(new InMemoryWebhookStore(), undefined);
  let pacing: Pacing;

  beforeEach(() => {
    const breaker = { failures: 10, pause: 1_000, longestPause: 1_000 };
    const options = { perSubscription: 8, total, breaker };
    pacing = new Pacing(options, new FakeClock(), () => undefined);
  });

  const answer = (subscription: SubscriptionRecord, slow = false): void => {
    pacing.enter(subscription);
    pacing.leave(subscription.id, true, slow);
  };
  const roomOf = ({ id }: SubscriptionRecord): number => pacing.room.get(id) ?? ROOM_OF_UNKNOWN;

  it('is one until a quick answer, and one again after a slow one', () => {
    const subscription = subscriptions.subscription();
    expect(roomOf(subscription)).toBe(1);
    answer(subscription);
    expect(roomOf(subscription)).toBe(8);
    answer(subscription, true);
    expect(roomOf(subscription)).toBe(1);
  });

  it('is remembered of no more quick ones than there are places, those that answered last', () => {
    const many = Array.from({ length: 100 }, () => subscriptions.subscription());
    for (const subscription of many) answer(subscription);
    expect(pacing.room.size).toBe(total);
    expect(many.slice(-total).map(roomOf)).toEqual([8, 8, 8, 8]);
  });

  it('is what the requests in flight leave', () => {
    const subscription = subscriptions.subscription({ concurrency: 3 });
    answer(subscription);
    pacing.enter(subscription);
    expect(roomOf(subscription)).toBe(2);
  });
});
