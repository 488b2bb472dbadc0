import { decodeDelivery } from '../codec/delivery.codec.js';
import { numberOf, textOf } from '../codec/row.js';
import type { DeliveryTable } from './delivery.table.js';
import type { QueueTable } from './queue.table.js';
import type { Session } from './session.js';

/** Removing what is no longer to be kept. */
export class RetentionStatements {
  constructor(
    private readonly session: Session,
    private readonly deliveries: DeliveryTable,
    private readonly queues: QueueTable,
  ) {}

  expunge(tenant: string, eventId: string, now: number): boolean {
    const found = this.session.get(
      'SELECT 1 FROM {events} WHERE id = ? AND tenant = ?',
      eventId,
      tenant,
    );
    if (found === null) return false;
    this.session.run('DELETE FROM {bodies} WHERE event_id = ?', eventId);
    this.session.run(
      `UPDATE {attempts} SET answer = NULL
       WHERE delivery_id IN (SELECT id FROM {deliveries} WHERE event_id = ?)`,
      eventId,
    );
    const waiting = this.session.all(
      'SELECT * FROM {deliveries} WHERE event_id = ? AND queue IS NOT NULL',
      eventId,
    );
    for (const row of waiting) {
      this.deliveries.end(decodeDelivery(row), 'cancelled', 'payload removed', now);
      this.queues.refresh(numberOf(row, 'queue'), [textOf(row, 'subscription_id')]);
    }
    return true;
  }

  /** Forgets events that ended before `before`; gives how many. */
  purge(before: number, limit: number): number {
    const rows = this.session.all(
      'SELECT id FROM {events} WHERE ended_at < ? ORDER BY ended_at LIMIT ?',
      before,
      limit,
    );
    for (const row of rows) this.forget(textOf(row, 'id'));
    return rows.length;
  }

  private forget(eventId: string): void {
    this.session.run(
      `DELETE FROM {attempts}
       WHERE delivery_id IN (SELECT id FROM {deliveries} WHERE event_id = ?)`,
      eventId,
    );
    this.session.run('DELETE FROM {deliveries} WHERE event_id = ?', eventId);
    this.session.run('DELETE FROM {bodies} WHERE event_id = ?', eventId);
    this.session.run('DELETE FROM {events} WHERE id = ?', eventId);
  }
}
