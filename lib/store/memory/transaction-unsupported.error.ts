import { WebhooksError } from '../../webhooks.error.js';

/** `send` was given a transaction that the store cannot take part in. Nothing was accepted. */
export class TransactionUnsupportedError extends WebhooksError {
  readonly code = 'WEBHOOKS_TRANSACTION_UNSUPPORTED';

  constructor(store: string) {
    super(
      `${store} cannot take part in a database transaction, so the event was not accepted. ` +
        'Leave out `transaction`, or configure a store that keeps its data in your database.',
    );
  }
}
