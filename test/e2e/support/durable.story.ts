import { expect } from '@jest/globals';
import type { WebhookService } from 'nestjs-webhooks';
import { attemptEnded, type WebhookReceiver } from 'nestjs-webhooks/testing';
import { deliveryOf } from '../support/shop.app.js';

const ORDER = { id: 'o_1', total: 42 };

/**
 * Delivers, retries, disables and delivers again, whatever the store. The schedule has to have one
 * short delay.
 */
export async function expectDelivery(
  webhooks: WebhookService,
  receiver: WebhookReceiver,
): Promise<void> {
  receiver.next(500, 410);
  const wanted = { url: receiver.url, eventTypes: ['order.*'] };
  const { id: subscriptionId } = await webhooks.subscribe(wanted);
  const { eventId } = await webhooks.send('order.paid', ORDER);
  const id = await deliveryOf(webhooks, eventId);
  expect(await attemptEnded(webhooks, id, 2)).toMatchObject({
    status: 'exhausted',
    attempts: [
      { number: 1, status: 500 },
      { number: 2, status: 410 },
    ],
  });
  expect(await webhooks.subscriptions.get(subscriptionId)).toMatchObject({
    disabledReason: 'gone',
  });
  await webhooks.subscriptions.enable(subscriptionId);
  await webhooks.deliveries.redeliver(id);
  expect(await attemptEnded(webhooks, id, 3)).toMatchObject({ status: 'succeeded' });
  const bodies = receiver.requests.map(({ body }) => body.toString());
  expect(new Set(bodies)).toEqual(new Set([JSON.stringify(ORDER)]));
}
