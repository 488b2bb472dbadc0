import { WebhooksError } from '../webhooks.error.js';

/** A receiver has not shown that it wants webhooks. Its subscription stays `unverified`. */
export class ChallengeFailedError extends WebhooksError {
  readonly code = 'WEBHOOKS_CHALLENGE_FAILED';

  constructor(
    /** What came of the request; without address, token or content of an answer. */
    readonly reason: string,
  ) {
    super(
      `The receiver did not answer the challenge: ${reason.replace(/\.$/, '')}. ` +
        'Let it answer `webhook.challenge` with 2xx and the token it is sent, then call `subscriptions.verify()` again.',
    );
  }
}
