import { numberOf, textOf } from '../codec/row.js';
import type { DeliveryTable } from './delivery.table.js';
import { FIRST_TRIES, IN_LINE, LATER_TRIES, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

/** So many are cancelled in the transaction that ends a subscription; what is more follows. */
const AT_ONCE = 500;

/** Cancelling what waits for subscriptions that were disabled or deleted. */
export class CancelStatements {
  constructor(
    private readonly session: Session,
    private readonly deliveries: DeliveryTable,
    private readonly queues: QueueTable,
  ) {}

  /** From now on nothing that waits for a subscription is claimed, whatever becomes of it. */
  end(subscriptionId: string, reason: string, now: number): void {
    this.session.run(
      'UPDATE {subscriptions} SET generation = generation + 1 WHERE id = ?',
      subscriptionId,
    );
    this.session.run(
      `INSERT OR REPLACE INTO {cancellations} (subscription_id, generation, reason)
       SELECT id, generation, ? FROM {subscriptions} WHERE id = ?`,
      reason,
      subscriptionId,
    );
    this.queues.clear(subscriptionId);
    this.someOf(subscriptionId, AT_ONCE, now);
  }

  /** Cancels at most so many, of one subscription; false when there was nothing to do. */
  some(limit: number, now: number): boolean {
    const job = this.session.get(
      `SELECT subscription_id FROM {cancellations} WHERE subscription_id > ''
       ORDER BY subscription_id LIMIT 1`,
    );
    return job !== null && this.someOf(textOf(job, 'subscription_id'), limit, now);
  }

  /** Cancels at most so many of one subscription; false when there was nothing to do. */
  someOf(subscriptionId: string, limit: number, now: number): boolean {
    const job = this.session.get(
      'SELECT generation, reason FROM {cancellations} WHERE subscription_id = ?',
      subscriptionId,
    );
    if (job === null) return false;
    const waiting = this.session.all(
      `SELECT id, event_id FROM {deliveries}
       WHERE subscription_id = ? AND queue IN (${FIRST_TRIES}, ${LATER_TRIES}, ${IN_LINE})
         AND generation < ?
       LIMIT ?`,
      subscriptionId,
      numberOf(job, 'generation'),
      limit,
    );
    const reason = textOf(job, 'reason');
    const ends = waiting.map((row) => {
      const [id, eventId] = [textOf(row, 'id'), textOf(row, 'event_id')];
      return { id, eventId, status: 'cancelled', reason } as const;
    });
    this.deliveries.endAll(ends, now);
    if (waiting.length < limit) {
      this.session.run('DELETE FROM {cancellations} WHERE subscription_id = ?', subscriptionId);
    }
    return true;
  }
}
