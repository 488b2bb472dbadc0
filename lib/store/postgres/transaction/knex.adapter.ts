import { methodOf, rowsOf, TransactionAdapter } from './sql.query.js';
import { toQuestionMarks } from './question-mark.sql.js';

/** The `trx` that Knex gives in `transaction(...)`. */
export const knexAdapter: TransactionAdapter = (trx) => {
  const raw = methodOf(trx, 'raw');
  if (raw === null || !('isTransaction' in trx) || trx.isTransaction !== true) return null;
  return async (sql, params) => {
    const marked = toQuestionMarks(sql, params);
    return rowsOf(await raw(marked.sql, marked.params));
  };
};
