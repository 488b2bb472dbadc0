import assert from 'node:assert/strict';
import { messageOf } from '../shop.js';
import type { Stage } from '../stage.js';

/** The order and its event are written already when it turns out that there are not so many teapots. */
export async function rollBack(stage: Stage): Promise<void> {
  const { shop, webhooks } = stage;
  const orders = await shop.orderIds();
  const deliveries = await webhooks.deliveries.list({ limit: 200 });

  const items = [
    { sku: 'tea-assam-250', quantity: 2, price: 1_250 },
    { sku: 'teapot', quantity: 100, price: 4_900 },
  ];
  const answer = await shop.post('/orders', { customerId: 'cus_42', items });
  assert.equal(answer.status, 409);
  console.log(`  409 ${messageOf(answer)}`);

  assert.deepEqual(await shop.orderIds(), orders, 'there is no order');
  const after = await webhooks.deliveries.list({ limit: 200 });
  assert.deepEqual(after, deliveries, 'there is no event');
}
