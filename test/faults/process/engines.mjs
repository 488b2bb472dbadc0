import { InProcessEngine } from 'nestjs-webhooks';
import { BullMqEngine } from 'nestjs-webhooks/bullmq';

/** The engine of a process: a queue that it shares with others, or its own. */
export function openEngine(queue) {
  if (queue === null) return new InProcessEngine();
  const { url, queueName } = queue;
  return new BullMqEngine({ queueName, connection: { url } });
}
