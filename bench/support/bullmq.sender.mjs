// What applications write by hand: a BullMQ job for each delivery, whose worker signs and posts.
import axios from 'axios';
import { Queue, Worker } from 'bullmq';
import { signed } from './event.mjs';

export async function startQueue({ urls, inFlight }, name, connection, backend) {
  const retries = { attempts: 10, backoff: { type: 'exponential', delay: 5_000 } };
  const defaultJobOptions = { ...retries, removeOnComplete: true };
  const queue = new Queue(name, { connection, defaultJobOptions }, backend);
  const deliver = async ({ data: { number, payload } }) => {
    const { body, headers } = signed(number, payload);
    await axios.post(urls[number % urls.length], body, { headers });
  };
  const worker = new Worker(name, deliver, { connection, concurrency: inFlight }, backend);
  worker.on('error', (error) => console.error(error.message));
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    async send(number, payload) {
      await queue.add('delivery', { number, payload });
    },
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
