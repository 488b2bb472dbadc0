import assert from 'node:assert/strict';
import { resultOf } from '../result.js';
import type { Stage } from '../stage.js';

/** The shop's own receiver is sent an event that it has handled already. */
export async function ignoreRepeat(stage: Stage): Promise<void> {
  const { deliveries } = stage.webhooks;
  const handled = await stage.ownReceiver.latest();
  const subscriptionId = stage.ownSubscriptionId;
  const { items } = await deliveries.list({ eventId: handled[0]?.id, subscriptionId });
  const [own] = items;
  assert.ok(own);

  await deliveries.redeliver(own.id);
  await stage.quiet();

  const { attempts } = await deliveries.get(own.id);
  assert.deepEqual(attempts.map(resultOf), ['success 204', 'success 204']);
  assert.deepEqual(await stage.ownReceiver.latest(), handled, 'the handler did not run again');
}
