import assert from 'node:assert/strict';
import type { Stage } from '../stage.js';

/** A receiver that is gone says so, and is left alone from then on. */
export async function unsubscribe(stage: Stage): Promise<void> {
  const { receiver, subscription } = await stage.cast('old partner', ['subscription.cancelled']);
  receiver.otherwise(410);

  for (let cancelled = 0; cancelled < 2; cancelled++) {
    const id = await stage.shop.subscribe();
    const { status } = await stage.shop.post('/cancel', { id });
    assert.equal(status, 204);
    await stage.quiet();
  }

  const { state, disabledReason } = await stage.webhooks.subscriptions.get(subscription.id);
  assert.deepEqual({ state, disabledReason }, { state: 'disabled', disabledReason: 'gone' });
  assert.equal(receiver.requests.length, 1, 'the second event was not sent to it');
}
