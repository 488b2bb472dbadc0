import assert from 'node:assert/strict';
import { fixed } from 'nestjs-webhooks';
import { resultOf } from '../result.js';
import type { Stage } from '../stage.js';

/** On a short schedule of its own: the default one takes three days. */
export async function recover(stage: Stage): Promise<void> {
  const schedule = fixed([400, 800, 1_600]);
  const { receiver, subscription } = await stage.cast('analytics', ['order.created'], schedule);
  receiver.next(503, 'reset');

  await stage.shop.order();
  await stage.quiet();

  const { items } = await stage.webhooks.deliveries.list({ subscriptionId: subscription.id });
  assert.equal(items.length, 1);
  const { status, attempts } = await stage.webhooks.deliveries.get(items[0]?.id ?? '');
  assert.equal(status, 'succeeded');
  assert.deepEqual(attempts.map(resultOf), ['http 503', 'connect', 'success 204']);
  const ids = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
  assert.equal(ids.size, 1, 'every attempt carries the id of the event');
}
