import assert from 'node:assert/strict';
import { verify } from 'nestjs-webhooks/signing';
import type { Stage } from '../stage.js';

/** One scripted receiver, and the shop's own, which refuses what is not signed. */
export async function payOrder(stage: Stage): Promise<void> {
  const { receiver, subscription } = await stage.cast('warehouse', ['order.*']);

  const orderId = await stage.shop.order();
  const { status } = await stage.shop.post(`/orders/${orderId}/pay`);
  assert.equal(status, 201);
  await stage.quiet();

  assert.equal(receiver.requests.length, 2);
  const paid = receiver.requests.find(({ headers }) => headers['webhook-event'] === 'order.paid');
  assert.ok(paid);
  const { id } = verify({ secret: subscription.secret, headers: paid.headers, body: paid.body });
  const order: { readonly id: string } = JSON.parse(paid.body.toString());
  assert.equal(order.id, orderId);
  const handled = await stage.ownReceiver.latest();
  assert.ok(handled.some((webhook) => webhook.id === id));
}
