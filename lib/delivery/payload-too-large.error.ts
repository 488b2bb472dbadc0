import { WebhooksError } from '../webhooks.error.js';

/** A request body would be larger than `bodyLimit`. Nothing was accepted. */
export class PayloadTooLargeError extends WebhooksError {
  readonly code = 'WEBHOOKS_PAYLOAD_TOO_LARGE';

  constructor(
    readonly eventType: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(
      `The body of "${eventType}" has ${bytes} bytes, more than the limit of ${limit}. ` +
        'Send ids instead of whole objects, or raise `bodyLimit`.',
    );
  }
}
