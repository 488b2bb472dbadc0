import { flagOf, numberOf, textOf } from '../codec/row.js';
import type { ConnectionPool } from './connection.pool.js';
import { RetentionStatements, retentionStatements } from './retention.statements.js';
import type { Tables } from './schema.tables.js';
import { textArray } from './sql.query.js';

interface Purged {
  readonly examined: number;
  readonly forgotten: number;
  readonly endedBefore: number | null;
}

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

  /** @returns whether something else is due because of it; null when there is no such event */
  async expunge(tenant: string, eventId: string): Promise<'released' | 'alone' | null> {
    const [row] = await this.pool.query(this.statements.expunge, [eventId, tenant]);
    if (row === undefined) return null;
    return flagOf(row, 'released') ? 'released' : 'alone';
  }

  async purge(age: number, limit: number): Promise<number> {
    const end = performance.now() + PATIENCE;
    let forgotten = 0;
    let endedBefore: number | null = null;
    for (;;) {
      const batch = Math.min(BATCH, limit - forgotten);
      const done = await this.purgeSome([age, endedBefore, batch]);
      forgotten += done.forgotten;
      endedBefore = done.endedBefore;
      const isDone = done.examined < batch || forgotten >= limit;
      if (isDone || performance.now() >= end) return forgotten;
    }
  }

  private async purgeSome(params: readonly (number | null)[]): Promise<Purged> {
    return this.pool.transaction(async (query) => {
      const rows = await query(this.statements.examine, params);
      const [first] = rows;
      if (first === undefined) return { examined: 0, forgotten: 0, endedBefore: null };
      const endedBefore = numberOf(first, 'ended_before');
      const ids = textArray(rows.map((row) => textOf(row, 'id')));
      const [row = {}] = await query(this.statements.forget, [ids, endedBefore]);
      const forgotten = numberOf(row, 'forgotten_count');
      return { examined: rows.length, forgotten, endedBefore };
    });
  }
}
