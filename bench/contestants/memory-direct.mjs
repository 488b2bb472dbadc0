import { startSender } from '../support/sending.app.mjs';

export const title = 'nestjs-webhooks: memory, direct';
export const own = true;

export function start(run) {
  return startSender({ transport: 'direct' }, run);
}
