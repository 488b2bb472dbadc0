import { DELIVERY_COLUMNS, encodeDelivery } from '../codec/delivery.codec.js';
import type { DeliveryRecord, DeliveryStatus } from '../delivery.record.js';
import { OrderingLines, Place } from './ordering.lines.js';
import { GENERATION, IN_LINE, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

const COLUMNS = [...DELIVERY_COLUMNS, 'ordinal', 'queue'];
const INSERT = `INSERT INTO {deliveries} (${COLUMNS.join(', ')}, generation)
  VALUES (${COLUMNS.map(() => '?').join(', ')}, ${GENERATION})`;

type EndStatus = Exclude<DeliveryStatus, 'pending'>;

/** Changes of deliveries that keep the count of what is open of an event. */
export class DeliveryTable {
  private readonly lines: OrderingLines;

  constructor(
    private readonly session: Session,
    private readonly queues: QueueTable,
  ) {
    this.lines = new OrderingLines(session, queues);
  }

  /** Adds a pending delivery of an event whose count includes it already. */
  add(record: DeliveryRecord): void {
    const { subscriptionId } = record;
    const place = this.lines.end(record);
    const queue = queueOf(record, place);
    const placed = place.isFirst ? record : { ...record, dueAt: null };
    this.session.run(INSERT, ...encodeDelivery(placed), place.ordinal, queue, subscriptionId);
    if (place.isFirst) this.queues.add(subscriptionId, queue, record.dueAt!);
  }

  /** Counts one more open delivery of an event. */
  reopen(eventId: string): void {
    this.session.run('UPDATE {events} SET open = open + 1, ended_at = NULL WHERE id = ?', eventId);
  }

  /** Makes a delivery wait, after it was pending and in flight. */
  wait(record: DeliveryRecord, dueAt: number): void {
    const queue = QueueTable.of(record);
    this.session.run(
      `UPDATE {deliveries} SET due_at = ?, queue = ?, generation = ${GENERATION}, lease_until = NULL
       WHERE id = ?`,
      dueAt,
      queue,
      record.subscriptionId,
      record.id,
    );
    this.queues.add(record.subscriptionId, queue, dueAt);
  }

  /** Makes a delivery pending and due now, or in its turn, with a whole schedule before it. */
  restart(record: DeliveryRecord, replayed: boolean, now: number): void {
    const place = this.lines.again(record);
    const queue = queueOf({ tries: 0, replayed }, place);
    this.session.run(
      `UPDATE {deliveries} SET status = 'pending', reason = NULL, tries = 0, replayed = ?,
         due_at = ?, ended_at = NULL, ordinal = ?, queue = ?, generation = ${GENERATION}
       WHERE id = ?`,
      replayed ? 1 : 0,
      place.isFirst ? now : null,
      place.ordinal,
      queue,
      record.subscriptionId,
      record.id,
    );
    if (record.status !== 'pending') this.reopen(record.eventId);
    if (place.isFirst) this.queues.add(record.subscriptionId, queue, now);
  }

  /**
   * Ends a delivery and makes the next of its line due.
   * @returns the id of that one; null when there is none
   */
  end(
    delivery: DeliveryRecord,
    status: EndStatus,
    reason: string | null,
    now: number,
  ): string | null {
    this.endOnly(delivery.id, delivery.eventId, status, reason, now);
    return this.lines.release(delivery, now);
  }

  /** Ends a delivery that nothing waits for. */
  endOnly(
    id: string,
    eventId: string,
    status: EndStatus,
    reason: string | null,
    now: number,
  ): void {
    this.session.run(
      `UPDATE {deliveries} SET status = ?, reason = ?, due_at = NULL, ended_at = ?, queue = NULL,
         lease_until = NULL
       WHERE id = ?`,
      status,
      reason,
      now,
      id,
    );
    this.session.run(
      `UPDATE {events} SET open = open - 1, ended_at = CASE WHEN open = 1 THEN ? END
       WHERE id = ?`,
      now,
      eventId,
    );
  }
}

function queueOf(record: Parameters<typeof QueueTable.of>[0], { isFirst }: Place): number {
  return isFirst ? QueueTable.of(record) : IN_LINE;
}
