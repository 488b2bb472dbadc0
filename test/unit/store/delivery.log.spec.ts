import { describe, expect, it } from '@jest/globals';
import { DeliveryLog } from '../../../lib/store/memory/delivery.log.js';
import type { EventRecord } from '../../../lib/store/event.record.js';

const event = (number: number): EventRecord => ({
  id: `evt_${String(number).padStart(6, '0')}`,
  type: 'order.paid',
  tenant: 'shop',
  method: 'post',
  body: Buffer.from('{}'),
  occurredAt: number,
  idempotency: null,
  orderingKey: null,
});

function idsAfter(keepEnded: number, added: number): readonly string[] {
  const log = new DeliveryLog(keepEnded);
  // Without a delivery each ends at once.
  for (let number = 0; number < added; number++) log.add(event(number), [], number);
  return [...log.eventsAfter('shop', null)].map((entry) => entry.event.id);
}

describe('delivery log', () => {
  it.each([0, 1, 2, 99])('keeps exactly the last %i that ended', (keepEnded) => {
    const last = Array.from({ length: keepEnded }, (_, index) => event(500 - keepEnded + index).id);
    expect(idsAfter(keepEnded, 500)).toEqual(last);
  });

  it('never keeps more than it should, and at most a hundredth less', () => {
    for (let added = 1_000; added < 1_050; added++) {
      const ids = idsAfter(1_000, added);
      expect(ids.length).toBeLessThanOrEqual(1_000);
      expect(ids.length).toBeGreaterThanOrEqual(990);
      expect(ids.at(-1)).toBe(event(added - 1).id);
    }
  });
});
