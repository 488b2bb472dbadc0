import { WebhooksError } from '../webhooks.error.js';

/** A secret is missing or not of the form that its signature scheme needs. Never holds the secret. */
export class InvalidSecretError extends WebhooksError {
  readonly code = 'WEBHOOKS_INVALID_SECRET';

  /**
   * @param scheme name of the signature scheme
   * @param expected what the scheme accepts
   */
  constructor(scheme: string, expected: string) {
    super(
      `The signature scheme "${scheme}" cannot use the given secret. ` +
        `Give it ${expected}; createSecret() makes one that every scheme accepts.`,
    );
  }
}
