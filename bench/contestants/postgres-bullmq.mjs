import { BullMqEngine } from 'nestjs-webhooks/bullmq';
import { startSender } from '../support/sending.app.mjs';
import { openPostgres } from '../support/stores.mjs';

export const title = 'nestjs-webhooks: PostgreSQL, direct, `BullMqEngine` on Redis';
export const needs = ['postgres', 'redis'];
export const own = true;

export function start(run) {
  const { url } = run.servers.redis;
  const engine = new BullMqEngine({ connection: { url }, queueName: run.scratch.name });
  const store = openPostgres(run, { listen: false });
  return startSender({ store, engine, transport: 'direct' }, run);
}
