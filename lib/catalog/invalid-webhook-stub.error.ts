import { WebhooksError } from '../webhooks.error.js';

/** `@Webhook` stands where it cannot work, or the stub's parameters cannot be read. */
export class InvalidWebhookStubError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_STUB';

  constructor(place: string, problem: string, remedy: string) {
    super(`${place} ${problem}; ${remedy}.`);
  }
}
