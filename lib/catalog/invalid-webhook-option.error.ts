import { WebhooksError } from '../webhooks.error.js';

/** An option of `@Webhook()` cannot be used. */
export class InvalidWebhookOptionError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_WEBHOOK_OPTION';

  /** @param remedy what a valid value looks like; ends the message */
  constructor(
    place: string,
    option: string,
    remedy: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${place} gives @Webhook() an invalid \`${option}\`; ${remedy}`, options);
  }
}
