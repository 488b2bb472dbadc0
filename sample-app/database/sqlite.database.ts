import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { SqliteWebhookStore } from 'nestjs-webhooks/sqlite';
import { Database, type Transaction, type Value } from './database.js';
import { connect, type SqliteConnection } from './sqlite.driver.js';

/** Everything in one file, for one process. */
export class SqliteShopDatabase extends Database {
  private readonly logger = new Logger('Database');
  private lastTurn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly shop: SqliteConnection,
    private readonly webhooks: SqliteConnection,
  ) {
    super();
  }

  /** @param folder made when it is not there */
  static async open(folder: string): Promise<SqliteShopDatabase> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'shop.db');
    const database = new SqliteShopDatabase(await connect(path), await connect(path));
    database.shop.exec(
      'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
    );
    database.logger.log(`Everything is kept in ${path}`);
    return database;
  }

  query<Row>(sql: string, ...values: readonly Value[]): Promise<readonly Row[]> {
    return this.inTurn(async () => this.run(sql, values) as Row[]);
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      this.shop.exec('BEGIN IMMEDIATE');
      try {
        const result = await work({
          connection: this.shop,
          query: async <Row>(sql: string, ...values: readonly Value[]) =>
            this.run(sql, values) as Row[],
        });
        this.shop.exec('COMMIT');
        return result;
      } catch (error) {
        this.shop.exec('ROLLBACK');
        throw error;
      }
    });
  }

  alone<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  webhookStore(): SqliteWebhookStore {
    return new SqliteWebhookStore({ database: this.webhooks, migrateOnStart: true });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.lastTurn;
    this.shop.close();
    this.webhooks.close();
  }

  private run(sql: string, values: readonly Value[]): unknown[] {
    return this.shop.prepare(sql).all(...values);
  }

  /** A connection has one transaction at a time: whoever comes meanwhile waits. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(work);
    this.lastTurn = turn.catch(() => {});
    return turn;
  }
}
