import { WebhooksError } from '../webhooks.error.js';

/** The example of a webhook is not a payload that could be sent. */
export class InvalidExampleError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_EXAMPLE';

  /** @param problem what is wrong with it, as the end of "an example that …" */
  constructor(place: string, problem: string, options?: { readonly cause?: unknown }) {
    super(
      `${place} declares an example that ${problem}; make it a payload that send() takes, with no ` +
        'other fields, or leave it out.',
      options,
    );
  }
}
