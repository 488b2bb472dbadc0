import { numberOf } from '../codec/row.js';
import { MIGRATIONS } from './schema.migrations.js';
import type { Session } from './session.js';
import { SqliteSchemaError } from './sqlite-schema.error.js';

/** Brings the tables to the version that this release works with. */
export class SchemaMigrator {
  constructor(private readonly session: Session) {}

  /** Runs in a transaction of the caller; gives the version of the tables afterwards. */
  migrate(now: number): number {
    this.session.exec(
      'CREATE TABLE IF NOT EXISTS {migrations} (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)',
    );
    const found = this.version();
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < found) continue;
      this.session.exec(sql);
      this.session.run('INSERT INTO {migrations} VALUES (?, ?)', index + 1, now);
    }
    return this.version();
  }

  /** @throws SqliteSchemaError when the tables are not up to date */
  check(): void {
    const found = this.version();
    // Tables of a later release serve this one too: migrations only add.
    if (found < MIGRATIONS.length) throw new SqliteSchemaError(found, MIGRATIONS.length);
  }

  private version(): number {
    const exists = this.session.get(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
      this.session.nameOf('migrations'),
    );
    if (exists === null) return 0;
    const row = this.session.get('SELECT coalesce(max(version), 0) AS version FROM {migrations}');
    return numberOf(row!, 'version');
  }
}
