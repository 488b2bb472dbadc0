import { describe, it } from '@jest/globals';
import { InMemoryWebhookStore } from '../../../lib/store/memory/in-memory-webhook.store.js';
import { FakeClock } from '../../../lib/testing/fake.clock.js';
import { storeConformance } from '../../../lib/testing/store-conformance.js';

describe('InMemoryWebhookStore', () => {
  const cases = storeConformance(async () => {
    const clock = new FakeClock();
    const store = new InMemoryWebhookStore({ clock });
    const advance = (milliseconds: number) => clock.advance(milliseconds);
    return { store, advance, close: () => store.close() };
  });

  // eslint-disable-next-line jest/expect-expect -- each case asserts for itself
  it.each(cases)('$name', ({ run }) => run());
});
