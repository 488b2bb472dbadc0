import { Row, textOf } from '../codec/row.js';
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

  /** The rows of a statement that gives them with {@link jsonRows}. */
  list(sql: string, ...values: SqliteValue[]): readonly Row[] {
    return JSON.parse(textOf(this.get(sql, ...values)!, 'rows')) as readonly Row[];
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

/**
 * What a statement selects that gives its rows, of columns with these names, as one text: each value that
 * is handed over costs more than to make and read the text.
 */
export function jsonRows(columns: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(columns).map(([name, expression]) => `'${name}', ${expression}`);
  return `json_group_array(json_object(${pairs.join(', ')})) AS rows`;
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new SqliteFailureError({ cause });
  }
}
