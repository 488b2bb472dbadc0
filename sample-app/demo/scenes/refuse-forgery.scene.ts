import assert from 'node:assert/strict';
import { createSecret, sign } from 'nestjs-webhooks/signing';
import { messageOf } from '../shop.js';
import type { Stage } from '../stage.js';

/** Someone without the secret pretends to be the shop. */
export async function refuseForgery({ shop, ownReceiver }: Stage): Promise<void> {
  const handled = await ownReceiver.latest();
  const body = { id: 'ord_forged', total: 1 };
  const secret = createSecret();
  const forged = sign({ secret, id: 'evt_forged', body: JSON.stringify(body) });

  const answer = await shop.post('/receiver', body, { ...forged, 'webhook-event': 'order.paid' });
  assert.equal(answer.status, 401);
  assert.deepEqual(await ownReceiver.latest(), handled, 'the handler did not run');
  console.log(`  ${answer.status} ${messageOf(answer)}`);
}
