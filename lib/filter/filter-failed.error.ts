import { WebhooksError } from '../webhooks.error.js';

/** A filter of the application threw, or answered neither true nor false. Nothing was accepted. */
export class FilterFailedError extends WebhooksError {
  readonly code = 'WEBHOOKS_FILTER_FAILED';

  constructor(
    readonly eventType: string,
    options?: { readonly cause?: unknown },
  ) {
    super(
      `A filter of the application failed for "${eventType}", so the event was not accepted. ` +
        'Make the filter answer true or false at once, without a promise.',
      options,
    );
  }
}
