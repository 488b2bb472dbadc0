import { WebhooksError } from '../../webhooks.error.js';

/** The tables are not those that this version of the package works with. Nothing was changed. */
export class SchemaOutdatedError extends WebhooksError {
  readonly code = 'WEBHOOKS_SCHEMA_OUTDATED';

  constructor(
    /** Version of the tables; 0 when there are none. */
    readonly found: number,
    /** Version that is needed. */
    readonly needed: number,
  ) {
    super(
      `The webhook tables have version ${found}, but version ${needed} is needed. ` +
        'Run `migrate()` of PostgresWebhookStore in the deployment, or set `migrateOnStart`.',
    );
  }
}
