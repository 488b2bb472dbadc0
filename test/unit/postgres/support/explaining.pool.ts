import pg from 'pg';
import type {
  PostgresClient,
  PostgresPool,
  PostgresQueryConfig,
} from '../../../../lib/store/postgres/index.js';

/**
 * A pool that notes how the planner would run each statement before it runs it: with the values at
 * hand, or, for a prepared one, as it does after some runs, for any values.
 */
export class ExplainingPool implements PostgresPool {
  readonly plans: string[] = [];

  constructor(
    private readonly pool: pg.Pool,
    private readonly plannedFor: 'these values' | 'any values',
  ) {}

  async query(config: PostgresQueryConfig): Promise<pg.QueryResult> {
    const client = await this.pool.connect();
    try {
      await this.explain(client, config);
      return await client.query({ text: config.text, values: config.values });
    } finally {
      client.release();
    }
  }

  connect(): Promise<PostgresClient> {
    return this.pool.connect().then((client) => this.explaining(client));
  }

  on(): this {
    return this;
  }

  private explaining(client: pg.PoolClient): PostgresClient {
    return {
      query: async (config) => {
        if (!/^(BEGIN|COMMIT|ROLLBACK)/.test(config.text)) await this.explain(client, config);
        return client.query({ text: config.text, values: config.values });
      },
      on: () => {},
      removeListener: () => {},
      release: () => client.release(),
    };
  }

  private async explain(
    client: pg.PoolClient,
    { text, values, name }: PostgresQueryConfig,
  ): Promise<void> {
    if (this.plannedFor === 'these values' || name === undefined) {
      const { rows } = await client.query(`EXPLAIN ${text}`, values);
      this.note(rows);
      return;
    }
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query(`PREPARE statement AS ${text}`);
    const { rows } = await client.query(
      `EXPLAIN EXECUTE statement (${values.map(literal).join()})`,
    );
    await client.query('DEALLOCATE statement');
    this.note(rows);
  }

  private note(rows: Record<string, string>[]): void {
    this.plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  const text = Array.isArray(value) ? `{${value.map(element).join()}}` : textOf(value);
  return pg.escapeLiteral(text);
}

function element(value: unknown): string {
  return value === null ? 'NULL' : JSON.stringify(textOf(value));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
