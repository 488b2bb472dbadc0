import assert from 'node:assert/strict';
import { verify } from 'nestjs-webhooks/signing';
import type { Stage } from '../stage.js';

/** The receiver can change over whenever it likes. */
export async function rotateSecret(stage: Stage): Promise<void> {
  const { receiver, subscription } = await stage.cast('newsletter', ['subscription.created']);
  const { subscriptions } = stage.webhooks;

  const rotated = await subscriptions.rotateSecret(subscription.id, { overlap: 60_000 });
  assert.equal(rotated.secrets.length, 2);
  console.log(`  valid: ${rotated.secrets.map(({ hint }) => hint).join(' and ')}`);

  await stage.shop.subscribe();
  await stage.quiet();

  const [request] = receiver.requests;
  assert.ok(request);
  for (const secret of [subscription.secret, rotated.secret]) {
    const webhook = verify({ secret, headers: request.headers, body: request.body });
    assert.equal(webhook.id, request.headers['webhook-id']);
  }
}
