import { SUBSCRIPTION_COLUMNS, SubscriptionCodec } from '../codec/subscription.codec.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type { PageRequest } from '../webhook.store.js';
import type { ConnectionPool } from './connection.pool.js';
import type { DeliveryCanceller } from './delivery.canceller.js';
import type { Tables } from './schema.tables.js';
import { Query, textArray } from './sql.query.js';
import { selectSubscription } from './subscription.columns.js';
import { wantsOf } from './subscription.wants.js';

const REENCODE_BATCH = 500;
const STORED_COLUMNS = [...SUBSCRIPTION_COLUMNS, 'wants'];

/** Who is told of what: the rows, and what their end means for what waits. */
export class SubscriptionTable {
  private readonly select: string;

  constructor(
    private readonly tables: Tables,
    private readonly pool: ConnectionPool,
    private readonly codec: SubscriptionCodec,
    private readonly canceller: DeliveryCanceller,
  ) {
    this.select = `SELECT ${selectSubscription('s')} FROM ${tables.subscriptions} s`;
  }

  async create(record: SubscriptionRecord, limit: number): Promise<boolean> {
    if (limit === Infinity) {
      await this.insert(this.pool.query, record);
      return true;
    }
    return this.pool.transaction(async (query) => {
      // Two that count at once would both find a free place.
      await query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 1))', [
        `${this.tables.schema}:${record.tenant}`,
      ]);
      const [counted] = await query(
        `SELECT count(*)::int AS count FROM ${this.tables.subscriptions} WHERE tenant = $1`,
        [record.tenant],
      );
      if (Number(counted?.['count']) >= limit) return false;
      await this.insert(query, record);
      return true;
    });
  }

  async get(tenant: string, id: string): Promise<SubscriptionRecord | null> {
    const [row] = await this.pool.query(`${this.select} WHERE s.id = $1 AND s.tenant = $2`, [
      id,
      tenant,
    ]);
    return row === undefined ? null : this.codec.decode(row);
  }

  async list(
    tenant: string,
    { after, limit }: PageRequest,
  ): Promise<readonly SubscriptionRecord[]> {
    const rows = await this.pool.query(
      `${this.select} WHERE s.tenant = $1 AND ($2::text IS NULL OR s.id < $2)
        ORDER BY s.id DESC LIMIT $3`,
      [tenant, after, limit],
    );
    return rows.map((row) => this.codec.decode(row));
  }

  async update(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
  ): Promise<SubscriptionRecord | null> {
    return this.pool.transaction(async (query) => {
      const [row] = await query(`${this.select} WHERE s.id = $1 AND s.tenant = $2 FOR UPDATE`, [
        id,
        tenant,
      ]);
      if (row === undefined) return null;
      const changed = change(this.codec.decode(row));
      await this.replace(query, id, changed);
      if (changed.state === 'disabled') {
        await this.canceller.end(query, [id], 'subscription disabled');
      }
      return changed;
    });
  }

  async delete(tenant: string, id: string): Promise<boolean> {
    return this.pool.transaction(async (query) => {
      const { subscriptions } = this.tables;
      const [found] = await query(
        `SELECT s.id FROM ${subscriptions} s WHERE s.id = $1 AND s.tenant = $2 FOR UPDATE`,
        [id, tenant],
      );
      if (found === undefined) return false;
      await this.canceller.end(query, [id], 'subscription deleted');
      await query(`DELETE FROM ${subscriptions} WHERE id = $1`, [id]);
      return true;
    });
  }

  /** Encrypts anew, with the first key, what is not; gives how many subscriptions that were. */
  async reencrypt(): Promise<number> {
    let count = 0;
    let after = '';
    for (;;) {
      const ids = await this.idsAfter(after);
      const last = ids.at(-1);
      if (last === undefined) return count;
      count += await this.pool.transaction((query) => this.reencryptSome(query, ids));
      after = last;
    }
  }

  private async idsAfter(after: string): Promise<readonly string[]> {
    const rows = await this.pool.query(
      `SELECT s.id FROM ${this.tables.subscriptions} s WHERE s.id > $1 ORDER BY s.id LIMIT $2`,
      [after, REENCODE_BATCH],
    );
    return rows.map((row) => String(row['id']));
  }

  private async reencryptSome(query: Query, ids: readonly string[]): Promise<number> {
    const rows = await query(
      `${this.select} WHERE s.id = ANY ($1::text[]) ORDER BY s.id FOR NO KEY UPDATE`,
      [textArray(ids)],
    );
    let count = 0;
    for (const row of rows) {
      const sealed = this.codec.reencode(row);
      if (sealed === null) continue;
      await query(
        `UPDATE ${this.tables.subscriptions} SET headers = $2, secrets = $3, credentials = $4
          WHERE id = $1`,
        [row['id'], sealed.headers, sealed.secrets, sealed.credentials],
      );
      count++;
    }
    return count;
  }

  private async insert(query: Query, record: SubscriptionRecord): Promise<void> {
    await query(
      `INSERT INTO ${this.tables.subscriptions} (${STORED_COLUMNS.join(', ')})
        VALUES (${STORED_COLUMNS.map((_, index) => `$${index + 1}`).join(', ')})`,
      this.paramsOf(record),
    );
  }

  private async replace(query: Query, id: string, record: SubscriptionRecord): Promise<void> {
    const set = STORED_COLUMNS.map((column, index) => `${column} = $${index + 2}`);
    await query(`UPDATE ${this.tables.subscriptions} SET ${set.join(', ')} WHERE id = $1`, [
      id,
      ...this.paramsOf(record),
    ]);
  }

  private paramsOf(record: SubscriptionRecord): unknown[] {
    const listAt = SUBSCRIPTION_COLUMNS.indexOf('event_types');
    const { tenant, eventTypes } = record;
    return [
      ...this.codec.encode(record).with(listAt, textArray(eventTypes)),
      textArray(wantsOf(tenant, eventTypes)),
    ];
  }
}
