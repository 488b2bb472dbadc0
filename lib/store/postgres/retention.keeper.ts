import { numberOf } from '../codec/row.js';
import type { ConnectionPool } from './connection.pool.js';
import { RetentionStatements, retentionStatements } from './retention.statements.js';
import type { Tables } from './schema.tables.js';

// Each event may have thousands of deliveries.
const BATCH = 100;
/** What is left after so many milliseconds is left for the next call. */
const PATIENCE = 2_000;

/** Removes what is no longer to be kept, a little at a time. */
export class RetentionKeeper {
  private readonly statements: RetentionStatements;

  constructor(
    tables: Tables,
    private readonly pool: ConnectionPool,
  ) {
    this.statements = retentionStatements(tables);
  }

  async expunge(tenant: string, eventId: string): Promise<boolean> {
    return (await this.pool.query(this.statements.expunge, [eventId, tenant])).length > 0;
  }

  async purge(age: number, limit: number): Promise<number> {
    const end = performance.now() + PATIENCE;
    let forgotten = 0;
    let endedBefore: number | null = null;
    for (;;) {
      const batch = Math.min(BATCH, limit - forgotten);
      const params = [age, endedBefore, batch];
      const [row = {}] = await this.pool.query(this.statements.purge, params);
      forgotten += numberOf(row, 'forgotten_count');
      endedBefore = numberOf(row, 'ended_before');
      const isDone = numberOf(row, 'examined_count') < batch || forgotten >= limit;
      if (isDone || performance.now() >= end) return forgotten;
    }
  }
}
