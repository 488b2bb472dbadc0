import { Logger } from '@nestjs/common';
import type { Row } from '../codec/row.js';
import { toPostgresError } from './error.mapper.js';
import type { PostgresClient, PostgresPool } from './postgres.pool.js';
import type { Query } from './sql.query.js';

/** Pools that have a listener, of whichever store. */
const watched = new WeakSet<PostgresPool>();

/** The application's pool: statements of their own, and transactions. Errors come out typed. */
export class ConnectionPool {
  private readonly logger = new Logger('PostgresWebhookStore');

  constructor(private readonly pool: PostgresPool) {
    if (watched.has(pool)) return;
    watched.add(pool);
    // Without a listener a connection that is lost while idle would end the process.
    pool.on('error', (error) => {
      this.logger.warn(`An idle connection was lost: ${toPostgresError(error).message}`);
    });
  }

  /** Runs one statement, which is a transaction of its own. */
  readonly query: Query = (text, params = []) => run(this.pool, text, params);

  /** Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.connect();
    let broken = false;
    const onError = (): void => void (broken = true);
    client.on('error', onError);
    try {
      await run(client, 'BEGIN ISOLATION LEVEL READ COMMITTED');
      const result = await work((text, params = []) => run(client, text, params));
      await run(client, 'COMMIT');
      return result;
    } catch (error) {
      await run(client, 'ROLLBACK').catch(onError);
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
}

async function run(
  runner: Pick<PostgresClient, 'query'>,
  text: string,
  params: readonly unknown[] = [],
): Promise<readonly Row[]> {
  try {
    const { rows } = await runner.query({ text, values: [...params] });
    return rows;
  } catch (error) {
    throw toPostgresError(error);
  }
}
