import assert from 'node:assert/strict';
import type { CreatedWebhookSubscriptionDto } from '../../webhooks-config/created-webhook-subscription.dto.js';
import { messageOf } from '../shop.js';
import type { Stage } from '../stage.js';

/** Over HTTP, as a customer does it. */
export async function subscribe(stage: Stage): Promise<void> {
  const { url } = await stage.receiver();

  const mistaken = await stage.shop.post('/webhooks/config', { url, eventTypes: ['order.payed'] });
  assert.equal(mistaken.status, 400);
  assert.match(mistaken.text, /did you mean/);
  console.log(`  400 ${messageOf(mistaken)}`);

  const created = await stage.shop.post('/webhooks/config', { url, eventTypes: ['order.paid'] });
  assert.equal(created.status, 201);
  const { id, secret, secretHints }: CreatedWebhookSubscriptionDto = JSON.parse(created.text);
  stage.name(id, 'bookkeeping');

  const listed = await stage.shop.get('/webhooks/config');
  assert.ok(secret.startsWith('whsec_') && !listed.text.includes(secret));
  console.log(`  201 ${id}, whose secret is ${secretHints[0]}`);
}
