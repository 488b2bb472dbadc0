import { WebhooksError } from '../../../webhooks.error.js';

/** `send` was given something as `transaction` that is no open transaction. Nothing was accepted. */
export class UnknownTransactionError extends WebhooksError {
  readonly code = 'WEBHOOKS_UNKNOWN_TRANSACTION';

  constructor() {
    super(
      'The given `transaction` is not recognised as an open transaction, so the event was not ' +
        'accepted. Give what the client hands to your callback inside the transaction (a pg client ' +
        'after BEGIN, EntityManager of TypeORM or MikroORM, tx of Drizzle, trx of Knex or Kysely), ' +
        'not its pool, data source or database; for any other client give ' +
        '`{ query: async (sql, params) => rows }`.',
    );
  }
}
