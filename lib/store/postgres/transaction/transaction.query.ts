import { toPostgresError } from '../error.mapper.js';
import type { Query } from '../sql.query.js';
import { drizzleAdapter } from './drizzle.adapter.js';
import { knexAdapter } from './knex.adapter.js';
import { kyselyAdapter } from './kysely.adapter.js';
import { mikroOrmAdapter } from './mikro-orm.adapter.js';
import { pgAdapter } from './pg.adapter.js';
import type { TransactionAdapter } from './sql.query.js';
import { typeOrmAdapter } from './typeorm.adapter.js';
import { UnknownTransactionError } from './unknown-transaction.error.js';

// The one that takes almost anything stands last.
const ADAPTERS: readonly TransactionAdapter[] = [
  typeOrmAdapter,
  drizzleAdapter,
  knexAdapter,
  kyselyAdapter,
  mikroOrmAdapter,
  pgAdapter,
];

/**
 * Runs statements in the caller's own transaction, whichever client it is of.
 * @throws UnknownTransactionError for what is no open transaction
 */
export function queryIn(transaction: unknown): Query {
  // Knex gives a function with methods.
  if ((typeof transaction === 'object' || typeof transaction === 'function') && transaction) {
    for (const adapter of ADAPTERS) {
      const run = adapter(transaction);
      if (run === null) continue;
      return async (text, params = []) => {
        try {
          return await run(text, params);
        } catch (error) {
          throw toPostgresError(error, true);
        }
      };
    }
  }
  throw new UnknownTransactionError();
}
