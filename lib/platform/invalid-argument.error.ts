import { WebhooksError } from '../webhooks.error.js';

/** A call was given an argument it cannot use. Nothing was changed or sent. */
export class InvalidArgumentError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_ARGUMENT';

  constructor(
    /** Name of the argument, for example `limit`. */
    readonly argument: string,
    /** What a valid value looks like; ends the message. */
    remedy: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`Invalid \`${argument}\`. ${remedy}`, options);
  }
}
