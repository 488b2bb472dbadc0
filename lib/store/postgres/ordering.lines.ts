import { Row, textOf, textOrNull } from '../codec/row.js';
import type { ConnectionPool } from './connection.pool.js';
import type { Tables } from './schema.tables.js';

const START = { subscription: '', key: '' };

/** Goes through the lines of ordering keys, some at each call, and makes due what stands there for nothing. */
export class OrderingLines {
  private after = START;

  constructor(
    private readonly tables: Tables,
    private readonly pool: ConnectionPool,
  ) {}

  /** @returns whether something is due because of it */
  async releaseStranded(limit: number): Promise<boolean> {
    const { subscription, key } = this.after;
    const rows = await this.pool.query(`SELECT * FROM ${this.tables.releaseStranded}($1, $2, $3)`, [
      subscription,
      key,
      limit,
    ]);
    this.after = rows.length < limit ? START : placeOf(rows.at(-1)!);
    return rows.some((row) => textOrNull(row, 'released') !== null);
  }
}

function placeOf(row: Row): typeof START {
  return { subscription: textOf(row, 'subscription_id'), key: textOf(row, 'ordering_key') };
}
