import type { Row } from '../../codec/row.js';

/**
 * Runs SQL with `$1`, `$2`, … in an open transaction of PostgreSQL and gives the rows. Parameters are
 * texts, numbers, booleans and nulls.
 */
export type SqlQuery = (sql: string, params: readonly unknown[]) => Promise<readonly Row[]>;

/** A transaction of any client, as something of your own that can run SQL in it. */
export interface SqlTransaction {
  readonly query: SqlQuery;
}

/** Recognises a transaction of one client by its shape; null for anything else. */
export type TransactionAdapter = (transaction: object) => SqlQuery | null;

/** A method of an object, bound to it; null when there is none with this name. */
export function methodOf(
  target: unknown,
  name: string,
): ((...values: unknown[]) => Promise<unknown>) | null {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return null;
  const method: unknown = Reflect.get(target, name);
  return typeof method === 'function' ? method.bind(target) : null;
}

/** The rows of an answer, which some clients give bare and others in an object. */
export function rowsOf(answer: unknown): readonly Row[] {
  if (Array.isArray(answer)) return answer as Row[];
  return (answer as { readonly rows: readonly Row[] }).rows;
}
