import type {
  SqliteDatabase,
  SqliteStatement,
  SqliteValue,
} from '../../../../lib/store/sqlite/index.js';

/** Runs statements on a connection, and keeps the plan of each that reads tables. */
export class ExplainingDatabase implements SqliteDatabase {
  readonly plans: string[] = [];

  /** @param planner another connection, since some drivers leave an explained statement open */
  constructor(
    private readonly database: SqliteDatabase,
    private readonly planner: SqliteDatabase,
  ) {}

  exec(sql: string): unknown {
    return this.database.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    // How it is planned depends on the text alone: values are bound to it later.
    const values = [...sql.matchAll(/\?/g)].map((): SqliteValue => 0);
    const steps = this.planner.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    const details = steps.map((step) => (step as { readonly detail: string }).detail);
    if (!sql.includes('sqlite_master')) this.plans.push([sql, ...details].join('\n  '));
    return this.database.prepare(sql);
  }
}
