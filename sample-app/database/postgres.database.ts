import { Logger } from '@nestjs/common';
import { PostgresWebhookStore } from 'nestjs-webhooks/postgres';
import { Pool } from 'pg';
import { Database, type Transaction, type Value } from './database.js';

/** Everything in PostgreSQL, for any number of processes. */
export class PostgresShopDatabase extends Database {
  private readonly pool: Pool;

  constructor(url: string) {
    super();
    this.pool = new Pool({ connectionString: url });
    // A connection that is lost makes its statement fail, and must not end the process as well.
    this.pool.on('connect', (client) => client.on('error', () => {}));
    new Logger('Database').log('Everything is kept in PostgreSQL');
  }

  async query<Row>(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    const { rows } = await this.pool.query(numbered(sql), [...values]);
    return rows as Row[];
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken = false;
    try {
      await client.query('BEGIN');
      const result = await work({
        connection: client,
        query: async <Row>(sql: string, ...values: readonly Value[]) => {
          const { rows } = await client.query(numbered(sql), [...values]);
          return rows as Row[];
        },
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // Where this fails too, the connection is lost, and with it the transaction.
      await client.query('ROLLBACK').catch(() => (broken = true));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.transaction(async (tx) => {
      await tx.query("SELECT pg_advisory_xact_lock(hashtext('shop'))");
      return work();
    });
  }

  webhookStore(): PostgresWebhookStore {
    return new PostgresWebhookStore(this.pool, { migrateOnStart: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** With `$1`, `$2`, … in place of each `?`. */
function numbered(sql: string): string {
  let number = 0;
  return sql.replaceAll('?', () => `$${++number}`);
}
