import type { SqliteDatabase } from 'nestjs-webhooks/sqlite';

/** An open connection to an SQLite file. */
export interface SqliteConnection extends SqliteDatabase {
  close(): void;
}

interface BuiltInDriver {
  readonly DatabaseSync: new (path: string) => SqliteConnection;
}

/** Connects by the driver that is built into Node, from 22.13 on, or else by `libsql`. */
export async function connect(path: string): Promise<SqliteConnection> {
  const builtIn = process.getBuiltinModule('node:sqlite') as BuiltInDriver | undefined;
  if (builtIn !== undefined) return new builtIn.DatabaseSync(path);
  const { default: Libsql } = await import('libsql');
  return new Libsql(path);
}
