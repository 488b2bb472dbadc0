import { WebhooksError } from '../webhooks.error.js';

/** `WebhookSignatureGuard` guards a handler of which nothing says how to verify it. */
export class VerifyWebhookMissingError extends WebhooksError {
  readonly code = 'WEBHOOKS_VERIFY_WEBHOOK_MISSING';

  constructor(controller: string, handler: string) {
    super(
      `WebhookSignatureGuard does not know how to verify requests for ${controller}.${handler}. ` +
        `Decorate the handler or its class with @VerifyWebhook({ secret }).`,
    );
  }
}
