import { WebhooksError } from '../webhooks.error.js';

/** The document already describes a webhook that a stub declares. */
export class WebhookClashError extends WebhooksError {
  readonly code = 'WEBHOOKS_DOCUMENT_CLASH';

  constructor(place: string, type: string, method: string) {
    super(
      `${place} declares the webhook "${type}" with ${method}, which the document already has; ` +
        'extend each document once, and remove the @ApiWebhook() route or entry of that name.',
    );
  }
}
