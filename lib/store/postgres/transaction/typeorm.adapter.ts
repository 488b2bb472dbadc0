import { methodOf, rowsOf, TransactionAdapter } from './sql.query.js';

/** The `EntityManager` that TypeORM gives in `transaction(...)`, or a `QueryRunner` in a transaction. */
export const typeOrmAdapter: TransactionAdapter = (transaction) => {
  const runner: unknown = 'queryRunner' in transaction ? transaction.queryRunner : transaction;
  if (typeof runner !== 'object' || runner === null) return null;
  if (!('isTransactionActive' in runner) || runner.isTransactionActive !== true) return null;
  const query = methodOf(runner, 'query');
  return query && (async (sql, params) => rowsOf(await query(sql, [...params])));
};
