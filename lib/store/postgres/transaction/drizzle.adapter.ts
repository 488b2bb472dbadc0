import { methodOf, rowsOf, TransactionAdapter } from './sql.query.js';

/** The `tx` that Drizzle gives in `transaction(...)`. */
export const drizzleAdapter: TransactionAdapter = (tx) => {
  const execute = methodOf(tx, 'execute');
  // The database itself has no rollback.
  if (execute === null || methodOf(tx, 'rollback') === null || !('dialect' in tx)) return null;
  return async (sql, params) => {
    // What its `sql` tag makes in the end: an object that tells the text and the parameters.
    const query = { sql, params: [...params] };
    return rowsOf(await execute({ getSQL: () => ({ toQuery: () => query }) }));
  };
};
