import { WebhooksError } from '../webhooks.error.js';

/** Two different schemas have one name, so that a `$ref` to it would be wrong for one of them. */
export class SchemaNameConflictError extends WebhooksError {
  readonly code = 'WEBHOOKS_SCHEMA_NAME_CONFLICT';

  /** @param first what uses the one schema; @param second what uses the other */
  constructor(name: string, first: string, second: string) {
    super(
      `${first} and ${second} use different schemas with the same name "${name}"; rename one of the ` +
        "classes, or give it another schema name with @ApiSchema({ name: '…' }).",
    );
  }
}
