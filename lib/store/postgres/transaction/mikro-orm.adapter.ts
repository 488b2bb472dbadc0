import { methodOf, rowsOf, TransactionAdapter } from './sql.query.js';
import { toQuestionMarks } from './question-mark.sql.js';

/** The `EntityManager` that MikroORM gives in `transactional(...)`. */
export const mikroOrmAdapter: TransactionAdapter = (em) => {
  const execute = methodOf(em, 'execute');
  const isInTransaction: unknown = Reflect.get(em, 'isInTransaction');
  if (execute === null || typeof isInTransaction !== 'function') return null;
  if (isInTransaction.call(em) !== true) return null;
  return async (sql, params) => {
    const marked = toQuestionMarks(sql, params);
    return rowsOf(await execute(marked.sql, marked.params));
  };
};
