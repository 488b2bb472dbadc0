import { numberOf, textOf } from '../codec/row.js';
import { SubscriptionCodec, SUBSCRIPTION_COLUMNS } from '../codec/subscription.codec.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import type { PageRequest } from '../webhook.store.js';
import type { CancelStatements } from './cancel.statements.js';
import type { Session } from './session.js';

const INSERT = `INSERT INTO {subscriptions} (${SUBSCRIPTION_COLUMNS.join(', ')})
  VALUES (${SUBSCRIPTION_COLUMNS.map(() => '?').join(', ')})`;
const UPDATE = `UPDATE {subscriptions} SET ${SUBSCRIPTION_COLUMNS.map((one) => `${one} = ?`).join(', ')}
  WHERE id = ?`;

/** Subscriptions, and which event types they want. */
export class SubscriptionStatements {
  constructor(
    private readonly session: Session,
    private readonly codec: SubscriptionCodec,
    private readonly cancels: CancelStatements,
  ) {}

  create(record: SubscriptionRecord, limit: number): boolean {
    if (limit !== Infinity && this.count(record.tenant) >= limit) return false;
    this.session.run(INSERT, ...this.codec.encode(record));
    this.addPatterns(record);
    return true;
  }

  get(tenant: string, id: string): SubscriptionRecord | null {
    const row = this.session.get(
      'SELECT * FROM {subscriptions} WHERE id = ? AND tenant = ?',
      id,
      tenant,
    );
    return row && this.codec.decode(row);
  }

  list(tenant: string, { after, limit }: PageRequest): readonly SubscriptionRecord[] {
    const rows = this.session.all(
      `SELECT * FROM {subscriptions} WHERE tenant = ? ${after === null ? '' : 'AND id < ?'}
       ORDER BY id DESC LIMIT ?`,
      ...(after === null ? [tenant, limit] : [tenant, after, limit]),
    );
    return rows.map((row) => this.codec.decode(row));
  }

  update(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
    now: number,
  ): SubscriptionRecord | null {
    const current = this.get(tenant, id);
    if (current === null) return null;
    const changed = change(current);
    this.session.run(UPDATE, ...this.codec.encode(changed), id);
    if (changed.eventTypes !== current.eventTypes) {
      this.dropPatterns(id);
      this.addPatterns(changed);
    }
    if (changed.state === 'disabled') {
      this.cancels.end(id, 'subscription disabled', now);
    }
    return changed;
  }

  delete(tenant: string, id: string, now: number): boolean {
    const found = this.session.get(
      'SELECT 1 FROM {subscriptions} WHERE id = ? AND tenant = ?',
      id,
      tenant,
    );
    if (found === null) return false;
    this.cancels.end(id, 'subscription deleted', now);
    this.session.run('DELETE FROM {subscriptions} WHERE id = ?', id);
    this.dropPatterns(id);
    return true;
  }

  /**
   * Encrypts anew what the first key has not encrypted, of so many subscriptions after a given one.
   * @returns how many were rewritten, and the last one looked at; null at the end
   */
  reencrypt(after: string, limit: number): { count: number; last: string | null } {
    const rows = this.session.all(
      'SELECT * FROM {subscriptions} WHERE id > ? ORDER BY id LIMIT ?',
      after,
      limit,
    );
    let count = 0;
    for (const row of rows) {
      const sealed = this.codec.reencode(row);
      if (sealed === null) continue;
      const columns = Object.entries<string>({ ...sealed });
      this.session.run(
        `UPDATE {subscriptions} SET ${columns.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ?`,
        ...columns.map(([, value]) => value),
        textOf(row, 'id'),
      );
      count++;
    }
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { count, last: last === undefined ? null : textOf(last, 'id') };
  }

  private count(tenant: string): number {
    const row = this.session.get(
      'SELECT count(*) AS count FROM {subscriptions} WHERE tenant = ?',
      tenant,
    );
    return numberOf(row!, 'count');
  }

  private addPatterns({ id, tenant, eventTypes }: SubscriptionRecord): void {
    for (const pattern of new Set(eventTypes)) {
      this.session.run('INSERT INTO {patterns} VALUES (?, ?, ?)', tenant, pattern, id);
    }
  }

  private dropPatterns(id: string): void {
    this.session.run('DELETE FROM {patterns} WHERE subscription_id = ?', id);
  }
}
