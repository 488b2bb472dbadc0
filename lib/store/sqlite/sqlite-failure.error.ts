import { WebhooksError } from '../../webhooks.error.js';

/** SQLite refused a statement or a commit; `cause` is the driver's error. Nothing was changed. */
export class SqliteFailureError extends WebhooksError {
  readonly code = 'WEBHOOKS_SQLITE_FAILURE';

  constructor(options: { readonly cause: unknown }) {
    super(
      'The database of the webhook store failed, so nothing was changed. ' +
        'Look at the cause: a full or read-only disk, a closed connection, or tables that were changed by hand.',
      options,
    );
  }
}
