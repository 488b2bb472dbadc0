import { WebhooksError } from '../../webhooks.error.js';

/** The tables are missing, or older than those this release works with. Nothing was changed. */
export class SqliteSchemaError extends WebhooksError {
  readonly code = 'WEBHOOKS_SQLITE_SCHEMA';

  constructor(
    /** Version of the tables; 0 when there are none. */
    readonly found: number,
    /** Version that is needed. */
    readonly needed: number,
  ) {
    super(
      `The webhook tables have version ${found}, but version ${needed} is needed. ` +
        'Run `migrate()` of SqliteWebhookStore in the deployment, or set `migrateOnStart`.',
    );
  }
}
