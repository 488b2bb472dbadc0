import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import pg from 'pg';

const PATIENCE = 30_000;

/** The tables of one scenario, in a schema of their own. */
export class PostgresDatabase {
  static async open(cluster) {
    const database = new PostgresDatabase(cluster);
    await new PostgresWebhookStore(database.admin, { schema: database.schema }).migrate();
    return database;
  }

  constructor(cluster) {
    this.cluster = cluster;
    this.schema = `faults_${randomBytes(6).toString('hex')}`;
    this.admin = new pg.Pool({ connectionString: cluster.url, max: 4 });
    this.admin.on('error', () => {});
  }

  /** What a process needs to open it. */
  get settings() {
    return { kind: 'postgres', url: this.cluster.url, schema: this.schema };
  }

  /** Of a statement with `%` for the schema; waits for a server that is away. */
  async rows(sql, values = []) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      try {
        return (await this.admin.query(sql.replaceAll('%', this.schema), values)).rows;
      } catch (error) {
        const away = !/^[0-9A-Z]{5}$/.test(error.code ?? '') || error.code.startsWith('57');
        if (!away || Date.now() > end) throw error;
        await wait(50);
      }
    }
  }

  /** Keeps every statement waiting that writes to a table; gives what ends that. */
  async lock(table) {
    const client = await this.admin.connect();
    client.on('error', () => {});
    await client.query(`BEGIN; LOCK TABLE ${this.schema}.${table} IN EXCLUSIVE MODE`);
    return async () => {
      await client.query('COMMIT').catch(() => {});
      client.release(true);
    };
  }

  /** How many statements of the scenario's processes wait for a lock. */
  async waitingForLock() {
    const [{ count }] = await this.rows(
      `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1`,
      [`%"${this.schema}"%`],
    );
    return count;
  }

  /** Whether a process listens to notifications. */
  async isListening(name) {
    const found = await this.rows(
      // The latter is how it looks from time to time whether the connection still works.
      `SELECT FROM pg_stat_activity WHERE application_name = $1 AND query IN ($2, 'SELECT 1')`,
      [name, `LISTEN nestjs_webhooks_${this.schema}`],
    );
    return found.length > 0;
  }

  async close() {
    await this.rows('DROP SCHEMA IF EXISTS % CASCADE');
    await this.admin.end();
  }
}
