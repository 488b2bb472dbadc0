import { setTimeout } from 'node:timers/promises';
import type { DeliveryWithAttempts, TenantOptions, WebhookService } from '../index.js';

const POLL = 2;

/**
 * Resolves with a delivery as soon as its attempt of this number has ended and is recorded. The requests
 * are real: with a `FakeClock` this is what to wait for before time goes on.
 *
 * @param number of the attempt, counted from 1
 * @throws DeliveryNotFoundError when the tenant has no such delivery
 */
export async function attemptEnded(
  webhooks: WebhookService,
  deliveryId: string,
  number: number,
  options?: TenantOptions,
): Promise<DeliveryWithAttempts> {
  for (;;) {
    const delivery = await webhooks.deliveries.get(deliveryId, options);
    const outcome = delivery.attempts[number - 1]?.outcome ?? null;
    if (outcome !== null) return delivery;
    await setTimeout(POLL);
  }
}
