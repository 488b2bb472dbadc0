import { WebhooksError } from '../webhooks.error.js';

/** `of()` was asked for a method that declares no webhook. Nothing was accepted. */
export class NotAStubError extends WebhooksError {
  readonly code = 'WEBHOOKS_NOT_A_STUB';

  constructor(className: string, method: string) {
    super(
      `${className}.${method} declares no webhook. ` +
        `Put @Webhook() on it, and make sure that ${className} is a provider of an imported module.`,
    );
  }
}
