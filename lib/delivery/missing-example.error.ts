import { quote } from '../catalog/quote.js';
import type { WebhookDefinition } from '../catalog/webhook.definition.js';
import { placeOf } from '../catalog/webhook.stub.js';
import { WebhooksError } from '../webhooks.error.js';

/** `subscriptions.ping` is asked for an event type that declares no example. */
export class MissingExampleError extends WebhooksError {
  readonly code = 'WEBHOOKS_MISSING_EXAMPLE';

  constructor({ type, method, host, stub }: WebhookDefinition) {
    super(
      `The event type ${quote(type)} has no example to send; declare one on ${placeOf(host, stub)} ` +
        `with @Webhook(${quote(type)}, '${method}', { example }), or ping without an event type.`,
    );
  }
}
