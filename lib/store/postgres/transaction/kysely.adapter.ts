import { methodOf, rowsOf, TransactionAdapter } from './sql.query.js';

/** The `trx` that Kysely gives in `transaction().execute(...)`. */
export const kyselyAdapter: TransactionAdapter = (trx) => {
  const execute = methodOf(trx, 'executeQuery');
  if (execute === null || !('isTransaction' in trx) || trx.isTransaction !== true) return null;
  return async (sql, params) => {
    // As its `CompiledQuery.raw` makes it.
    const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] };
    const queryId = { queryId: 'nestjs-webhooks' };
    return rowsOf(await execute({ sql, parameters: [...params], query, queryId }));
  };
};
