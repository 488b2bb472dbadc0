import { startSender } from '../support/sending.app.mjs';
import { openSqlite } from '../support/stores.mjs';

export const title = 'nestjs-webhooks: SQLite, direct';
export const own = true;

export function start(run) {
  return startSender({ store: openSqlite(run), transport: 'direct' }, run);
}
