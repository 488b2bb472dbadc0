import { WebhooksError } from '../../webhooks.error.js';

/** A stored subscription cannot be read: its encryption key is missing or wrong, or it is damaged. */
export class UnreadableRecordError extends WebhooksError {
  readonly code = 'WEBHOOKS_UNREADABLE_RECORD';

  constructor(
    /** The subscription whose row it is. */
    readonly subscriptionId: string,
    /** The key that it was encrypted with; null when it is not encrypted. */
    readonly keyId: string | null,
    /** What is wrong and what to do. */
    problem: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`Subscription ${subscriptionId} cannot be read from the store. ${problem}`, options);
  }
}
