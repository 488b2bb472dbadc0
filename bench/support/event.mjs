// What every contestant sends: the same JSON, signed in the same way.
import { createHmac } from 'node:crypto';

export const EVENT_TYPE = 'order.paid';
export const SECRET = `whsec_${Buffer.alloc(32, 'bench').toString('base64')}`;

const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
const NOTE = 'A note of some length, as orders have them. '.repeat(10);

/** About 550 bytes as JSON. */
export function payloadOf(number, sentAt) {
  return { id: `order_${String(number).padStart(8, '0')}`, sentAt, total: 4_200, note: NOTE };
}

/** A request's body and headers, for contestants that sign by hand. */
export function signed(number, payload) {
  const id = `evt_${number}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify(payload);
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${digest}`,
  };
  return { body, headers };
}
