import type pg from 'pg';
import type { Row } from '../../../../lib/store/codec/row.js';
import type { PostgresClient, PostgresPool } from '../../../../lib/store/postgres/index.js';

/** A pool that keeps the text of each statement. */
export class ListeningPool implements PostgresPool {
  readonly statements: string[] = [];

  constructor(private readonly pool: pg.Pool) {}

  async connect(): Promise<PostgresClient> {
    const client = await this.pool.connect();
    return {
      query: (config) => {
        this.statements.push(config.text);
        return client.query<Row>(config);
      },
      on: client.on.bind(client),
      removeListener: client.removeListener.bind(client),
      release: (destroy) => client.release(destroy),
    };
  }

  on(): this {
    return this;
  }
}
