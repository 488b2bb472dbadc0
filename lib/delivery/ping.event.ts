import type { WebhookDefinition } from '../catalog/webhook.definition.js';

/** The event type of `subscriptions.ping`: reserved, so that no declaration can clash with it. */
export const PING_EVENT_TYPE = 'webhook.ping';

/** What a ping is sent as; no stub declares it. */
export const PING_DEFINITION: WebhookDefinition = {
  type: PING_EVENT_TYPE,
  method: 'post',
  host: class WebhookPing {},
  stub: 'ping',
  body: { kind: 'described' },
};
