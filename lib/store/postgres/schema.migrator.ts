import { numberOf } from '../codec/row.js';
import type { ConnectionPool } from './connection.pool.js';
import { MIGRATIONS } from './schema.migrations.js';
import type { Tables } from './schema.tables.js';
import { SchemaOutdatedError } from './schema-outdated.error.js';
import { NOW } from './sql.expressions.js';
import { Query } from './sql.query.js';

/** Creates the tables and brings them up to date; forward only. */
export class SchemaMigrator {
  constructor(
    private readonly tables: Tables,
    private readonly pool: ConnectionPool,
  ) {}

  /** All in one transaction; of several callers at once one works and the others wait. */
  async migrate(): Promise<number> {
    const { schema, migrations } = this.tables;
    return this.pool.transaction(async (query) => {
      await query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))', [
        `nestjs-webhooks:migrate:${schema}`,
      ]);
      await this.createSchema(query);
      const from = await this.version(query);
      for (const [index, statements] of MIGRATIONS.entries()) {
        if (index < from) continue;
        for (const text of statements(this.tables)) await query(text);
        await query(`INSERT INTO ${migrations} (version, applied_at) VALUES ($1, ${NOW})`, [
          index + 1,
        ]);
      }
      return Math.max(from, MIGRATIONS.length);
    });
  }

  /** @throws SchemaOutdatedError when `migrate` has not been run */
  async check(): Promise<void> {
    const found = await this.version(this.pool.query);
    // A newer version is that of a process already updated: migrations keep the older ones working.
    if (found < MIGRATIONS.length) throw new SchemaOutdatedError(found, MIGRATIONS.length);
  }

  // `IF NOT EXISTS` of CREATE SCHEMA asks for the right to create one even when there is one.
  private async createSchema(query: Query): Promise<void> {
    const { schema, migrations } = this.tables;
    const [found] = await query('SELECT to_regnamespace($1::text) IS NOT NULL AS there', [schema]);
    if (found?.['there'] !== true) await query(`CREATE SCHEMA ${schema}`);
    await query(
      `CREATE TABLE IF NOT EXISTS ${migrations}
        (version integer PRIMARY KEY, applied_at bigint NOT NULL)`,
    );
  }

  private async version(query: Query): Promise<number> {
    const { migrations } = this.tables;
    const [table] = await query('SELECT to_regclass($1::text) IS NOT NULL AS there', [migrations]);
    if (table?.['there'] !== true) return 0;
    const [row] = await query(`SELECT coalesce(max(version), 0) AS version FROM ${migrations}`);
    return numberOf(row ?? {}, 'version');
  }
}
