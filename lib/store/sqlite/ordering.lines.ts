import { flagOf, numberOf, numberOrNull, textOf } from '../codec/row.js';
import type { DeliveryRecord } from '../delivery.record.js';
import { GENERATION, IN_LINE, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

/** Where a pending delivery stands in the line of its ordering key. */
export interface Place {
  /** Grows towards the end of the line; null without a key. */
  readonly ordinal: number | null;
  readonly isFirst: boolean;
}

/** A delivery, as far as its line is concerned. */
export type InLine = Pick<DeliveryRecord, 'id' | 'subscriptionId' | 'orderingKey'>;

const ALONE: Place = { ordinal: null, isFirst: true };
// Named, since statistics could lead the planner to read and sort all that waits for a subscription.
const LINE = `{deliveries} INDEXED BY {deliveries_line}
  WHERE subscription_id = ? AND ordering_key = ? AND status = 'pending'`;

/**
 * Pending deliveries with an ordering key, one behind the other: a line for each key of each
 * subscription. Only the first of a line is ever due. What waits in an earlier generation is as good as
 * cancelled and holds up nobody.
 */
export class OrderingLines {
  constructor(
    private readonly session: Session,
    private readonly queues: QueueTable,
  ) {}

  /** The place of a delivery that begins to wait. */
  end({ subscriptionId, orderingKey }: InLine): Place {
    if (orderingKey === null) return ALONE;
    const last = this.session.get(
      `SELECT ordinal FROM ${LINE} ORDER BY ordinal DESC LIMIT 1`,
      subscriptionId,
      orderingKey,
    );
    const other = this.session.get(
      `SELECT 1 FROM ${LINE}
         AND (lease_until IS NOT NULL OR generation = ${GENERATION})
       ORDER BY ordinal LIMIT 1`,
      subscriptionId,
      orderingKey,
      subscriptionId,
    );
    const ordinal = last === null ? 1 : numberOf(last, 'ordinal') + 1;
    return { ordinal, isFirst: other === null };
  }

  /** The place of a delivery that is made pending: the one that it has, if it was pending before. */
  again(delivery: InLine): Place {
    const { id, subscriptionId, orderingKey } = delivery;
    if (orderingKey === null) return ALONE;
    const row = this.session.get(
      `SELECT ordinal, queue FROM {deliveries}
       WHERE id = ? AND status = 'pending' AND generation = ${GENERATION}`,
      id,
      subscriptionId,
    );
    if (row === null) return this.end(delivery);
    return { ordinal: numberOf(row, 'ordinal'), isFirst: numberOf(row, 'queue') !== IN_LINE };
  }

  /** Makes the next of a line due after one has ended; gives its id, or null when there is none. */
  release({ subscriptionId, orderingKey }: InLine, now: number): string | null {
    if (orderingKey === null) return null;
    const next = this.session.get(
      `SELECT id, queue, replayed, tries FROM ${LINE}
         AND generation = ${GENERATION} ORDER BY ordinal LIMIT 1`,
      subscriptionId,
      orderingKey,
      subscriptionId,
    );
    if (next === null || numberOrNull(next, 'queue') !== IN_LINE) return null;
    const id = textOf(next, 'id');
    const queue = QueueTable.of({
      tries: numberOf(next, 'tries'),
      replayed: flagOf(next, 'replayed'),
    });
    this.session.run('UPDATE {deliveries} SET due_at = ?, queue = ? WHERE id = ?', now, queue, id);
    this.queues.add([{ subscriptionId, queue, dueAt: now }]);
    return id;
  }
}
