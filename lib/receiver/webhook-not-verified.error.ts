import { WebhooksError } from '../webhooks.error.js';

/** A handler with `@VerifyWebhook()` was reached by a request that no guard has verified. */
export class WebhookNotVerifiedError extends WebhooksError {
  readonly code = 'WEBHOOKS_NOT_VERIFIED';

  constructor(controller: string, handler: string) {
    super(
      `A request for ${controller}.${handler} was not verified, so it was not handled. ` +
        `Decorate the handler or its class with @UseGuards(WebhookSignatureGuard).`,
    );
  }
}
