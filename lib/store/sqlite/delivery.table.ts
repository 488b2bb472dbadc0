import { DELIVERY_COLUMNS, encodeDelivery } from '../codec/delivery.codec.js';
import type { DeliveryRecord, DeliveryStatus } from '../delivery.record.js';
import { InLine, OrderingLines, Place } from './ordering.lines.js';
import { GENERATION, IN_LINE, LATER_TRIES, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

const COLUMNS = [...DELIVERY_COLUMNS, 'ordinal', 'queue'];
const INSERT = `INSERT INTO {deliveries} (${COLUMNS.join(', ')}, generation)
  VALUES (${COLUMNS.map(() => '?').join(', ')}, ${GENERATION})`;

type EndStatus = Exclude<DeliveryStatus, 'pending'>;

/** A delivery whose next try is not its first. */
export interface FurtherTry {
  readonly id: string;
  readonly subscriptionId: string;
  readonly dueAt: number;
}

/** How a delivery ends. */
export interface DeliveryEnd extends Pick<DeliveryRecord, 'id' | 'eventId' | 'reason'> {
  readonly status: EndStatus;
}

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
    if (place.isFirst) this.queues.add([{ subscriptionId, queue, dueAt: record.dueAt! }]);
  }

  /** Counts one more open delivery of an event. */
  reopen(eventId: string): void {
    this.session.run('UPDATE {events} SET open = open + 1, ended_at = NULL WHERE id = ?', eventId);
  }

  /** Takes deliveries out of their queues for an attempt that they count already. */
  hold(deliveries: readonly DeliveryRecord[], leaseUntil: number): void {
    this.session.run(
      `UPDATE {deliveries} SET attempts = attempts + 1, tries = tries + 1, queue = NULL, lease_until = ?
       WHERE id IN (SELECT value FROM json_each(?))`,
      leaseUntil,
      JSON.stringify(deliveries.map(({ id }) => id)),
    );
  }

  /** Makes deliveries wait for a further try, after they were pending and in flight. */
  wait(tries: readonly FurtherTry[]): void {
    if (tries.length === 0) return;
    this.session.run(
      `UPDATE {deliveries} AS d SET due_at = value ->> 1, queue = ${LATER_TRIES}, lease_until = NULL,
         generation = (SELECT generation FROM {subscriptions} s WHERE s.id = d.subscription_id)
       FROM json_each(?) WHERE d.id = value ->> 0`,
      JSON.stringify(tries.map(({ id, dueAt }) => [id, dueAt])),
    );
    this.queues.add(tries.map((one) => ({ ...one, queue: LATER_TRIES })));
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
    if (place.isFirst) {
      this.queues.add([{ subscriptionId: record.subscriptionId, queue, dueAt: now }]);
    }
  }

  /** Ends a delivery and makes the next of its line due. */
  end(delivery: DeliveryRecord, status: EndStatus, reason: string | null, now: number): void {
    this.endAll([{ id: delivery.id, eventId: delivery.eventId, status, reason }], now);
    this.release(delivery, now);
  }

  /** Ends deliveries that nothing waits for, or whose lines are released afterwards. */
  endAll(ends: readonly DeliveryEnd[], now: number): void {
    if (ends.length === 0) return;
    this.session.run(
      `UPDATE {deliveries} AS d SET status = value ->> 1, reason = value ->> 2, due_at = NULL,
         ended_at = ?, queue = NULL, lease_until = NULL
       FROM json_each(?) WHERE d.id = value ->> 0`,
      now,
      JSON.stringify(ends.map(({ id, status, reason }) => [id, status, reason])),
    );
    const counts = new Map<string, number>();
    for (const { eventId } of ends) counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
    this.session.run(
      `UPDATE {events} AS e SET open = open - (value ->> 1),
         ended_at = CASE WHEN open = value ->> 1 THEN ? END
       FROM json_each(?) WHERE e.id = value ->> 0`,
      now,
      JSON.stringify([...counts]),
    );
  }

  /**
   * Makes the next of a line due after a delivery has ended.
   * @returns the id of that one; null when there is none
   */
  release(delivery: InLine, now: number): string | null {
    return this.lines.release(delivery, now);
  }
}

function queueOf(record: Parameters<typeof QueueTable.of>[0], { isFirst }: Place): number {
  return isFirst ? QueueTable.of(record) : IN_LINE;
}
