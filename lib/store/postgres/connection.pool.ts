import { Logger } from '@nestjs/common';
import type { Row } from '../codec/row.js';
import { toPostgresError } from './error.mapper.js';
import type { PostgresClient, PostgresPool } from './postgres.pool.js';
import type { Query, Statement } from './sql.statement.js';

const BEGIN = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED', values: [] };
const COMMIT = { text: 'COMMIT', values: [] };
const ROLLBACK = { text: 'ROLLBACK', values: [] };

/** Pools that have a listener, of whichever store. */
const watched = new WeakSet<PostgresPool>();

/** The application's pool: statements of their own, and transactions. Errors come out typed. */
export class ConnectionPool {
  private readonly logger = new Logger('PostgresWebhookStore');

  constructor(
    private readonly pool: PostgresPool,
    private readonly preparedStatements: boolean,
  ) {
    if (watched.has(pool)) return;
    watched.add(pool);
    // Without a listener a connection that is lost while idle would end the process.
    pool.on('error', (error) => {
      this.logger.warn(`An idle connection was lost: ${toPostgresError(error).message}`);
    });
  }

  /** Runs one statement, which is a transaction of its own. */
  readonly query: Query = async (statement, params = []) => {
    try {
      const { rows } = await this.pool.query(this.config(statement, params));
      return rows;
    } catch (error) {
      throw toPostgresError(error);
    }
  };

  /** Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let broken = false;
    const onError = (): void => void (broken = true);
    client.on('error', onError);
    try {
      await run(client, BEGIN);
      const result = await work((statement, params = []) =>
        run(client, this.config(statement, params)),
      );
      await run(client, COMMIT);
      return result;
    } catch (error) {
      await client.query(ROLLBACK).catch(onError);
      throw error;
    } finally {
      client.removeListener('error', onError);
      client.release(broken);
    }
  }

  /** A connection to keep; give it back with `release`. */
  async connect(): Promise<PostgresClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw toPostgresError(error);
    }
  }

  private config({ text, name }: Statement, params: readonly unknown[]) {
    const values = [...params];
    return this.preparedStatements && name !== null ? { text, values, name } : { text, values };
  }
}

async function run(
  client: PostgresClient,
  config: Parameters<PostgresClient['query']>[0],
): Promise<readonly Row[]> {
  try {
    const { rows } = await client.query(config);
    return rows;
  } catch (error) {
    throw toPostgresError(error);
  }
}
