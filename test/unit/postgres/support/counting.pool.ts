import type pg from 'pg';
import type {
  PostgresClient,
  PostgresPool,
  PostgresQueryConfig,
} from '../../../../lib/store/postgres/index.js';

/** How many rows a transaction read of the tables that grow, one way and the other. */
export interface RowsRead {
  readonly byIndex: number;
  readonly byScan: number;
}

/** A pool that has the server count what each transaction reads, functions included. */
export class CountingPool implements PostgresPool {
  readonly counts: RowsRead[] = [];

  constructor(
    private readonly pool: pg.Pool,
    private readonly schema: string,
  ) {}

  async query(config: PostgresQueryConfig): Promise<pg.QueryResult> {
    const client = await this.connect();
    try {
      await client.query({ text: 'BEGIN', values: [] });
      const result = await client.query(config);
      await client.query({ text: 'COMMIT', values: [] });
      return result as pg.QueryResult;
    } finally {
      client.release();
    }
  }

  async connect(): Promise<PostgresClient> {
    const client = await this.pool.connect();
    let before: RowsRead = { byIndex: 0, byScan: 0 };
    return {
      query: async ({ text, values }) => {
        if (text === 'COMMIT') {
          const { byIndex, byScan } = await this.count(client);
          this.counts.push({ byIndex: byIndex - before.byIndex, byScan: byScan - before.byScan });
        }
        const result = await client.query({ text, values });
        if (text.startsWith('BEGIN')) before = await this.count(client);
        return result;
      },
      on: () => {},
      removeListener: () => {},
      release: () => client.release(),
    };
  }

  on(): this {
    return this;
  }

  /** What this connection has read, also in earlier transactions: it is passed on at times only. */
  private async count(client: pg.PoolClient): Promise<RowsRead> {
    const { rows } = await client.query<RowsRead>(
      `SELECT sum(idx_tup_fetch)::int AS "byIndex", sum(seq_tup_read)::int AS "byScan"
        FROM pg_stat_xact_user_tables WHERE schemaname = $1 AND relname <> 'subscriptions'`,
      [this.schema],
    );
    return rows[0]!;
  }
}
