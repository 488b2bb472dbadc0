import { isNested } from './sqlite.failures.js';

/** A value that is bound to a statement. */
export type SqliteValue = string | number | null | Uint8Array;

/** A prepared statement, as far as all synchronous drivers agree. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): unknown;
  get(...values: SqliteValue[]): unknown;
  all(...values: SqliteValue[]): unknown[];
}

/**
 * An open connection to an SQLite file: a `DatabaseSync` of `node:sqlite`, or a `Database` of
 * `better-sqlite3` or `libsql`. Only what these three share is used.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** Whether a connection has a transaction open. */
export function isInTransaction(database: SqliteDatabase): boolean {
  // `better-sqlite3` and `libsql` have the first, later versions of `node:sqlite` the second.
  for (const property of ['inTransaction', 'isTransaction']) {
    const value: unknown = Reflect.get(database, property);
    if (typeof value === 'boolean') return value;
  }
  try {
    database.exec('BEGIN; COMMIT');
    return false;
  } catch (error) {
    if (isNested(error)) return true;
    throw error;
  }
}

export function isDatabase(value: unknown): value is SqliteDatabase {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'exec') === 'function' &&
    typeof Reflect.get(value, 'prepare') === 'function'
  );
}
