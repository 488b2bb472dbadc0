import { WEBHOOK_METHODS } from '../store/webhook-method.js';
import { WebhooksError } from '../webhooks.error.js';
import { quote } from './quote.js';

/** A webhook is declared or asked for with an HTTP method that webhooks cannot have. */
export class InvalidWebhookMethodError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_METHOD';

  /** @param place the stub that declares it, or what asks for it */
  constructor(place: string, method: unknown) {
    super(
      `${place} has the HTTP method ${quote(method)}; use one of ${WEBHOOK_METHODS.join(', ')}.`,
    );
  }
}
