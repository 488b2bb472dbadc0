import assert from 'node:assert/strict';
import { fixed } from 'nestjs-webhooks';
import { resultOf } from '../result.js';
import type { Stage } from '../stage.js';

const ORDERS = 4;
const RETRY = fixed([200, 200, 200, 200]);

/** As by `kill -9`: the process has no chance to write anything down. */
export async function surviveKill(stage: Stage): Promise<void> {
  const { receiver, subscription } = await stage.cast('carrier', ['order.created'], RETRY);
  receiver.next(204).otherwise('hang');
  const placed: string[] = [];

  await stage.killAfter(async () => {
    while (placed.length < ORDERS) placed.push(await stage.shop.order());
    await stage.within('requests to the carrier', receiver.received(ORDERS));
    receiver.otherwise(204);
  });
  console.log(`  ${ORDERS} orders placed; killed when the carrier had answered one of them`);
  await stage.quiet();

  const orders = await stage.shop.orderIds();
  const lost = placed.filter((id) => !orders.includes(id));
  assert.deepEqual(lost, [], 'every order is there');

  const { items } = await stage.webhooks.deliveries.list({ subscriptionId: subscription.id });
  assert.equal(items.length, ORDERS, 'every event is there');
  const results: string[] = [];
  for (const { id } of items) {
    const { status, attempts } = await stage.webhooks.deliveries.get(id);
    assert.equal(status, 'succeeded', 'every event is delivered');
    results.push(...attempts.map(resultOf));
  }
  assert.ok(results.includes('unknown'), 'the log shows which attempts the kill cut off');

  const arrived = receiver.requests.map(({ body }): string => {
    const order: { readonly id: string } = JSON.parse(body.toString());
    return order.id;
  });
  assert.deepEqual(new Set(arrived), new Set(placed), 'every event arrived');
}
