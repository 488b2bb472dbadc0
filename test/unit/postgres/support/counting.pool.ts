import type pg from 'pg';
import type { Row } from '../../../../lib/store/codec/row.js';
import type { PostgresClient, PostgresPool } from '../../../../lib/store/postgres/index.js';

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

  async connect(): Promise<PostgresClient> {
    const client = await this.pool.connect();
    const run = (text: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> =>
      client.query<Row>({ text, values });
    let before: RowsRead | null = null;
    const begin = async (): Promise<void> => void (before = await this.count(client));
    const end = async (since: RowsRead): Promise<void> => {
      const { byIndex, byScan } = await this.count(client);
      this.counts.push({ byIndex: byIndex - since.byIndex, byScan: byScan - since.byScan });
      before = null;
    };
    return {
      query: async ({ text, values }) => {
        if (text === 'COMMIT' && before !== null) await end(before);
        if (text.startsWith('BEGIN') || before !== null || text === 'COMMIT') {
          const result = await run(text, values);
          if (text.startsWith('BEGIN')) await begin();
          return result;
        }
        await run('BEGIN');
        await begin();
        const result = await run(text, values);
        await end(before!);
        await run('COMMIT');
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
