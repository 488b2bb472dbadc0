import { methodOf, rowsOf, TransactionAdapter } from './sql.query.js';

/** A client of `pg` inside `BEGIN`, or anything else with `query(sql, params)` that gives rows. */
export const pgAdapter: TransactionAdapter = (client) => {
  const query = methodOf(client, 'query');
  // A pool runs each statement on whichever connection is free: that is no transaction.
  const isPool = 'totalCount' in client && 'idleCount' in client;
  // TypeORM's have a `query` too, and are told apart by their own adapter.
  const isTypeOrm = ['getRepository', 'isTransactionActive'].some((name) => name in client);
  if (query === null || isPool || isTypeOrm) return null;
  return async (sql, params) => rowsOf(await query(sql, [...params]));
};
