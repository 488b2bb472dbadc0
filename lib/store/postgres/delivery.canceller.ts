import { flagOf } from '../codec/row.js';
import { CancelStatements, cancelStatements } from './cancel.statements.js';
import type { ConnectionPool } from './connection.pool.js';
import type { Tables } from './schema.tables.js';
import { Query, textArray } from './sql.query.js';

/** So many are cancelled in the transaction that ends a subscription; what is more follows. */
const AT_ONCE = 500;

/** Cancels what waits for subscriptions that were disabled or deleted, a batch at a time. */
export class DeliveryCanceller {
  private readonly statements: CancelStatements;

  constructor(
    tables: Tables,
    private readonly pool: ConnectionPool,
  ) {
    this.statements = cancelStatements(tables);
  }

  /** In the transaction that ends subscriptions and has them locked: from its commit on none is claimed. */
  async end(query: Query, ids: readonly string[], reason: string): Promise<void> {
    await query(this.statements.begin, [textArray(ids), reason]);
    for (const id of ids) await query(this.statements.someOf, [AT_ONCE, id]);
  }

  async some(limit: number): Promise<boolean> {
    return progressOf(await this.pool.query(this.statements.some, [limit]));
  }

  /** Cancels all that is left of one subscription, a batch in each transaction. */
  async rest(id: string): Promise<void> {
    while (progressOf(await this.pool.query(this.statements.someOf, [AT_ONCE, id])));
  }
}

function progressOf([row = {}]: Awaited<ReturnType<Query>>): boolean {
  return flagOf(row, 'progress');
}
