import { WebhooksError } from '../webhooks.error.js';

/** Why a request was not accepted: for the receiver's own log, never for the answer. */
export type VerificationFailure =
  | 'header-missing'
  | 'header-duplicated'
  | 'header-too-long'
  | 'id-malformed'
  | 'timestamp-malformed'
  | 'timestamp-too-old'
  | 'timestamp-too-new'
  | 'signature-malformed'
  | 'signature-mismatch'
  | 'body-malformed'
  | 'body-unavailable'
  | 'secret-unknown';

/**
 * A received request is not proven to come from the sender.
 *
 * `code` and `message` are the same for every cause, so that an answer made of them tells a forger
 * nothing. `reason` says which it was; it is not enumerable, so that serialising the error leaves it
 * out. Nothing in it is taken from the request.
 */
export class WebhookVerificationError extends WebhooksError {
  readonly code = 'WEBHOOKS_VERIFICATION_FAILED';
  declare readonly reason: VerificationFailure;

  constructor(reason: VerificationFailure) {
    super('The webhook request could not be verified. Answer 401 and do not act on it.');
    Object.defineProperty(this, 'reason', { value: reason, enumerable: false });
  }
}
