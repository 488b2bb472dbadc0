import { startQueue } from '../support/bullmq.sender.mjs';

export const title = 'BullMQ job + `axios.post`, Redis';
export const needs = ['redis'];

export function start(run) {
  return startQueue(run, run.scratch.name, { url: run.servers.redis.url });
}
