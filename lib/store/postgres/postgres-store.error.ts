import { WebhooksError } from '../../webhooks.error.js';

/**
 * The database refused a statement, or could not be reached. What was asked for did not happen, unless
 * the connection was lost while it was committed: then `send` can be repeated with its idempotency key.
 */
export class PostgresStoreError extends WebhooksError {
  readonly code = 'WEBHOOKS_POSTGRES';

  constructor(
    problem: string,
    remedy: string,
    /** SQLSTATE, for example `25006`; null when the database did not answer. */
    readonly sqlState: string | null,
    options?: { readonly cause?: unknown },
  ) {
    super(`${problem} ${remedy}`, options);
  }
}
