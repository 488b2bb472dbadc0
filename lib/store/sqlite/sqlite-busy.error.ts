import { WebhooksError } from '../../webhooks.error.js';

/** The database could not be written in time, because somebody else had a transaction open. */
export class SqliteBusyError extends WebhooksError {
  readonly code = 'WEBHOOKS_SQLITE_BUSY';

  constructor(
    /** How long the call has waited, in milliseconds. */
    readonly waited: number,
    /** The transaction is open on the store's own connection. */
    readonly sameConnection: boolean,
    options?: { readonly cause?: unknown },
  ) {
    super(
      sameConnection
        ? `The connection of the webhook store has had another transaction open for ${waited} ms, so nothing was done. ` +
            'Pass the connection as `transaction` to take part in it, or give the store a connection of its own.'
        : `Another connection has been writing to the database for ${waited} ms, so nothing was done. ` +
            'Keep transactions short, or raise `busyTimeout`.',
      options,
    );
  }
}
