import { startSender } from '../support/sending.app.mjs';
import { openPostgres } from '../support/stores.mjs';

export const title = 'nestjs-webhooks: PostgreSQL, direct';
export const needs = ['postgres'];
export const own = true;

export function start(run) {
  return startSender({ store: openPostgres(run), transport: 'direct' }, run);
}
