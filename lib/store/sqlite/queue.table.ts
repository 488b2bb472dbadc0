import type { DeliveryRecord } from '../delivery.record.js';
import { numberOf, Row, textOf } from '../codec/row.js';
import { jsonRows, Session } from './session.js';

/** The two kinds of due deliveries, which do not keep each other waiting. */
export const FIRST_TRIES = 0;
export const LATER_TRIES = 1;

/** What waits for one before it with its ordering key, and is not due before that has ended. */
export const IN_LINE = 2;

/** The generation that a subscription is in: what was made pending in an earlier one is cancelled. */
export const GENERATION = '(SELECT generation FROM {subscriptions} WHERE id = ?)';

/** The earliest of what waits for one subscription in one queue. */
export interface QueueHead {
  readonly subscriptionId: string;
  readonly nextDue: number;
}

/** A delivery that waits. */
export interface Waiting {
  readonly subscriptionId: string;
  readonly queue: number;
  readonly dueAt: number;
}

/** A delivery that is due. */
export interface DueDelivery {
  readonly id: string;
  readonly subscriptionId: string;
  readonly dueAt: number;
}

const CHUNK = 256;
const NEVER = Number.MAX_SAFE_INTEGER;

const EARLIEST = `(SELECT d.due_at FROM {deliveries} d
  WHERE d.subscription_id = q.subscription_id AND d.queue = q.queue
    AND d.generation = (SELECT s.generation FROM {subscriptions} s WHERE s.id = q.subscription_id)
  ORDER BY d.due_at LIMIT 1)`;

/**
 * Deliveries that wait, by subscription and kind, and of each such queue the time when its first is
 * due: so that a claim looks at subscriptions, not at all that waits for them. The time may be too
 * early, when what was due then waits no more; it is never too late.
 */
export class QueueTable {
  constructor(private readonly session: Session) {}

  /** The queue that a pending delivery waits in. */
  static of({ tries, replayed }: Pick<DeliveryRecord, 'tries' | 'replayed'>): number {
    return tries === 0 && !replayed ? FIRST_TRIES : LATER_TRIES;
  }

  /** Notes that deliveries begin to wait. */
  add(waiting: Iterable<Waiting>): void {
    const earliest = new Map<string, Waiting>();
    for (const one of waiting) {
      const key = `${one.queue}${one.subscriptionId}`;
      const other = earliest.get(key);
      if (other === undefined || one.dueAt < other.dueAt) earliest.set(key, one);
    }
    if (earliest.size === 0) return;
    const rows = [...earliest.values()].map((one) => [one.subscriptionId, one.queue, one.dueAt]);
    // Without a condition SQLite takes the conflict clause for one of a join.
    this.session.run(
      `INSERT INTO {queues} (subscription_id, queue, next_due)
       SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true
       ON CONFLICT (subscription_id, queue) DO UPDATE SET next_due = excluded.next_due
       WHERE excluded.next_due < next_due`,
      JSON.stringify(rows),
    );
  }

  /** Corrects the times of queues that something was taken out of. */
  refresh(queue: number, subscriptionIds: readonly string[]): void {
    if (subscriptionIds.length === 0) return;
    const ids = JSON.stringify(subscriptionIds);
    this.session.run(
      `UPDATE {queues} AS q SET next_due = coalesce(${EARLIEST}, ${NEVER})
       WHERE queue = ? AND subscription_id IN (SELECT value FROM json_each(?))`,
      queue,
      ids,
    );
    this.session.run(
      `DELETE FROM {queues} WHERE queue = ? AND next_due = ${NEVER}
         AND subscription_id IN (SELECT value FROM json_each(?))`,
      queue,
      ids,
    );
  }

  clear(subscriptionId: string): void {
    this.session.run('DELETE FROM {queues} WHERE subscription_id = ?', subscriptionId);
  }

  /** The queues of a kind, the one that is due first at first. */
  *heads(queue: number): Iterable<QueueHead> {
    let rows: readonly Row[];
    let last = { nextDue: Number.MIN_SAFE_INTEGER, subscriptionId: '' };
    do {
      rows = this.session.list(
        `SELECT ${jsonRows({ subscription_id: 'subscription_id', next_due: 'next_due' })} FROM (
           SELECT subscription_id, next_due FROM {queues}
           WHERE queue = ? AND (next_due, subscription_id) > (?, ?)
           ORDER BY next_due, subscription_id LIMIT ${CHUNK})`,
        queue,
        last.nextDue,
        last.subscriptionId,
      );
      for (const row of rows) {
        const subscriptionId = textOf(row, 'subscription_id');
        last = { nextDue: numberOf(row, 'next_due'), subscriptionId };
        yield last;
      }
    } while (rows.length === CHUNK);
  }

  /** What is due in one queue, oldest first. */
  due(subscriptionId: string, queue: number, now: number, limit: number): readonly DueDelivery[] {
    const rows = this.session.list(
      `SELECT ${jsonRows({ id: 'id', due_at: 'due_at' })} FROM (
         SELECT id, due_at FROM {deliveries}
         WHERE subscription_id = ? AND queue = ? AND generation = ${GENERATION} AND due_at <= ?
         ORDER BY due_at, id LIMIT ?)`,
      subscriptionId,
      queue,
      subscriptionId,
      now,
      limit,
    );
    return rows.map((row) => {
      return { id: textOf(row, 'id'), subscriptionId, dueAt: numberOf(row, 'due_at') };
    });
  }
}
