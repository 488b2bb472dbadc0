import { WebhooksError } from '../webhooks.error.js';

/** The application does not keep the bytes it received, so no signature can be checked. */
export class RawBodyMissingError extends WebhooksError {
  readonly code = 'WEBHOOKS_RAW_BODY_MISSING';

  constructor() {
    super(
      'WebhookSignatureGuard verifies the bytes as they were received, and the application does not ' +
        'keep them. Pass { rawBody: true } to NestFactory.create(), and add no other body parser ' +
        'before it.',
    );
  }
}
