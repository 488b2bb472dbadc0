import assert from 'node:assert/strict';
import { resultOf } from '../result.js';
import type { Stage } from '../stage.js';

/** The shop's own receiver is sent an event that it has handled already. */
export async function ignoreRepeat(stage: Stage): Promise<void> {
  const { deliveries } = stage.webhooks;
  const [webhook] = stage.ownReceiver.latest;
  const handled = stage.ownReceiver.latest.length;
  const subscriptionId = stage.ownSubscriptionId;
  const { items } = await deliveries.list({ eventId: webhook?.id, subscriptionId });
  const [own] = items;
  assert.ok(own);

  await deliveries.redeliver(own.id);
  await stage.quiet();

  const { attempts } = await deliveries.get(own.id);
  assert.deepEqual(attempts.map(resultOf), ['success 204', 'success 204']);
  assert.equal(stage.ownReceiver.latest.length, handled, 'the handler did not run again');
}
