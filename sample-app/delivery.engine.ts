import { type DeliveryEngine, InProcessEngine } from 'nestjs-webhooks';
import { BullMqEngine } from 'nestjs-webhooks/bullmq';

/** Hints by a queue where `REDIS_URL` says so, otherwise each process wakes itself. */
export function deliveryEngine(): DeliveryEngine {
  const { REDIS_URL } = process.env;
  return REDIS_URL ? new BullMqEngine({ connection: { url: REDIS_URL } }) : new InProcessEngine();
}
