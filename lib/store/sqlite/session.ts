import type { Row } from '../codec/row.js';
import { SqliteFailureError } from './sqlite-failure.error.js';
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite.database.js';

/**
 * Statements on one connection, prepared once each. In their text `{deliveries}` stands for the table
 * of that name with the configured prefix.
 */
export class Session {
  private readonly statements = new Map<string, SqliteStatement>();

  constructor(
    private readonly database: SqliteDatabase,
    private readonly prefix: string,
  ) {}

  /** Runs a script without parameters. */
  exec(sql: string): void {
    guarded(() => this.database.exec(this.named(sql)));
  }

  run(sql: string, ...values: SqliteValue[]): void {
    guarded(() => this.prepared(sql).run(...values));
  }

  get(sql: string, ...values: SqliteValue[]): Row | null {
    return guarded(() => (this.prepared(sql).get(...values) as Row | undefined) ?? null);
  }

  all(sql: string, ...values: SqliteValue[]): readonly Row[] {
    return guarded(() => this.prepared(sql).all(...values) as Row[]);
  }

  /** Runs `work` so that it happens whole or not at all, within whatever transaction is open. */
  atomically<T>(work: () => T): T {
    this.exec('SAVEPOINT webhooks');
    try {
      const result = work();
      this.exec('RELEASE webhooks');
      return result;
    } catch (error) {
      this.exec('ROLLBACK TO webhooks; RELEASE webhooks');
      throw error;
    }
  }

  /** The name of a table or index in the file. */
  nameOf(name: string): string {
    return this.prefix + name;
  }

  private prepared(sql: string): SqliteStatement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(this.named(sql));
      this.statements.set(sql, statement);
    }
    return statement;
  }

  private named(sql: string): string {
    return sql.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.nameOf(name));
  }
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new SqliteFailureError({ cause });
  }
}
