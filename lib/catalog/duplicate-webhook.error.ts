import type { WebhookMethod } from '../store/webhook-method.js';
import { WebhooksError } from '../webhooks.error.js';
import { quote } from './quote.js';

/** Two stubs declare the same event type with the same HTTP method. */
export class DuplicateWebhookError extends WebhooksError {
  readonly code = 'WEBHOOKS_DUPLICATE_WEBHOOK';

  constructor(type: string, method: WebhookMethod, first: string, second: string) {
    super(
      `${first} and ${second} both declare the event type ${quote(type)} with ${method}; ` +
        `remove one of them, or give it another event type or method.`,
    );
  }
}
