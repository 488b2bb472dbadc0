import { DELIVERY_COLUMNS, encodeDelivery } from '../codec/delivery.codec.js';
import type { DeliveryRecord, DeliveryStatus } from '../delivery.record.js';
import { GENERATION, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

const COLUMNS = [...DELIVERY_COLUMNS, 'queue'];
const INSERT = `INSERT INTO {deliveries} (${COLUMNS.join(', ')}, generation)
  VALUES (${COLUMNS.map(() => '?').join(', ')}, ${GENERATION})`;

/** Changes of deliveries that keep the count of what is open of an event. */
export class DeliveryTable {
  constructor(
    private readonly session: Session,
    private readonly queues: QueueTable,
  ) {}

  /** Adds a pending delivery of an event whose count includes it already. */
  add(record: DeliveryRecord): void {
    const queue = QueueTable.of(record);
    this.session.run(INSERT, ...encodeDelivery(record), queue, record.subscriptionId);
    this.queues.add(record.subscriptionId, queue, record.dueAt!);
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

  /** Makes a delivery pending and due now, with a whole schedule before it. */
  restart(record: DeliveryRecord, replayed: boolean, now: number): void {
    const queue = QueueTable.of({ tries: 0, replayed });
    this.session.run(
      `UPDATE {deliveries} SET status = 'pending', reason = NULL, tries = 0, replayed = ?,
         due_at = ?, ended_at = NULL, queue = ?, generation = ${GENERATION}
       WHERE id = ?`,
      replayed ? 1 : 0,
      now,
      queue,
      record.subscriptionId,
      record.id,
    );
    if (record.status !== 'pending') this.reopen(record.eventId);
    this.queues.add(record.subscriptionId, queue, now);
  }

  end(
    id: string,
    eventId: string,
    status: Exclude<DeliveryStatus, 'pending'>,
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
