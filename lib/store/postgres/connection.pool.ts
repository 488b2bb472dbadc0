import { Logger } from '@nestjs/common';
import type { Clock, ClockTimer } from '../../platform/clock.js';
import type { Row } from '../codec/row.js';
import { toPostgresError } from './error.mapper.js';
import type { PostgresClient, PostgresPool } from './postgres.pool.js';
import type { Query } from './sql.query.js';

/** Pools that have a listener, of whichever store. */
const watched = new WeakSet<PostgresPool>();

/** The application's pool: statements of their own, and transactions. Errors come out typed. */
export class ConnectionPool {
  private readonly logger = new Logger('PostgresWebhookStore');

  /** @param statementTimeout milliseconds after which a connection that says nothing is given up */
  constructor(
    private readonly pool: PostgresPool,
    private readonly clock: Clock,
    private readonly statementTimeout: number,
  ) {
    if (watched.has(pool)) return;
    watched.add(pool);
    // Without a listener a connection that is lost while idle would end the process.
    pool.on('error', (error) => {
      this.logger.warn(`An idle connection was lost: ${toPostgresError(error).message}`);
    });
    // Nor is there one from when the pool hands a connection over until the promise of it is settled.
    // Whoever has got it is told by the next statement.
    const known = new WeakSet<PostgresClient>();
    pool.on('acquire', (client) => {
      if (known.has(client)) return;
      known.add(client);
      client.on('error', () => {});
    });
  }

  /** Runs one statement, which is a transaction of its own. */
  readonly query: Query = (text, params = []) =>
    this.borrow(async (client, giveUp) => {
      try {
        return await this.inTime(run(client, text, params));
      } catch (error) {
        giveUp();
        throw error;
      }
    });

  /**
   * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. Its statements
   * have no time limit: a migration, or the end of a large backlog, takes long.
   */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.borrow(async (client, giveUp) => {
      try {
        await this.inTime(run(client, 'BEGIN ISOLATION LEVEL READ COMMITTED'));
      } catch (error) {
        giveUp();
        throw error;
      }
      try {
        const result = await work((text, params = []) => run(client, text, params));
        await run(client, 'COMMIT');
        return result;
      } catch (error) {
        await run(client, 'ROLLBACK').catch(giveUp);
        throw error;
      }
    });
  }

  /** A connection to keep; give it back with `release`. */
  async connect(): Promise<PostgresClient> {
    const connecting = this.pool.connect();
    try {
      return await this.inTime(connecting);
    } catch (error) {
      // One that comes after all is for others.
      connecting.then((client) => client.release()).catch(() => {});
      throw toPostgresError(error);
    }
  }

  /** Waits for an answer of the server, which a dead connection never gives. */
  async inTime<T>(pending: Promise<T>): Promise<T> {
    let timer: ClockTimer | null = null;
    const late = new Promise<never>((_, reject) => {
      const giveUp = (): void => {
        reject(toPostgresError(new Error(`no answer in ${this.statementTimeout} ms`)));
        void this.discardIdle();
      };
      timer = this.clock.setTimer(giveUp, this.statementTimeout);
    });
    try {
      return await Promise.race([pending, late]);
    } finally {
      (timer as ClockTimer | null)?.cancel();
    }
  }

  /**
   * Where one connection is dead without a word the idle ones may be as well: found out one after the
   * other they would cost `statementTimeout` each. The pool opens others in their place.
   */
  private async discardIdle(): Promise<void> {
    const idle = (): number => this.pool.idleCount ?? 0;
    try {
      // Where somebody else has taken one meanwhile, none is opened only to be closed.
      for (let left = idle(); left > 0 && idle() > 0; left--) {
        const client = await this.pool.connect();
        client.release(true);
      }
    } catch {
      // Who needs a connection is told that there is none.
    }
  }

  private async borrow<T>(
    work: (client: PostgresClient, giveUp: () => void) => Promise<T>,
  ): Promise<T> {
    const client = await this.connect();
    let broken = false;
    const giveUp = (): void => void (broken = true);
    client.on('error', giveUp);
    try {
      return await work(client, giveUp);
    } finally {
      client.removeListener('error', giveUp);
      client.release(broken);
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
