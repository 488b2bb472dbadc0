import type { DeliveryRecord, DeliveryStatus } from '../delivery.record.js';
import { groupsOf } from './groups.js';
import { InLine, OrderingLines, Place } from './ordering.lines.js';
import { GENERATION, IN_LINE, LATER_TRIES, QueueTable } from './queue.table.js';
import type { Session } from './session.js';

/** So many go into one statement, since those of one event may be very many. */
const CHUNK = 500;

/** In the order of the values that are given for them. */
const INSERT = `INSERT INTO {deliveries} (id, event_id, event_type, subscription_id, tenant, created_at,
    due_at, queue, replayed, ordering_key, ordinal, status, attempts, tries, generation)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
    value ->> 7, value ->> 8, value ->> 9, value ->> 10, 'pending', 0, 0,
    (SELECT generation FROM {subscriptions} s WHERE s.id = value ->> 3)
  FROM json_each(?)`;

type EndStatus = Exclude<DeliveryStatus, 'pending'>;

interface Placed {
  readonly record: DeliveryRecord;
  readonly place: Place;
}

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

  /** Adds pending deliveries, never tried, of events whose counts include them already. */
  add(records: Iterable<DeliveryRecord>): void {
    let placed: Placed[] = [];
    for (const record of records) {
      placed.push({ record, place: this.lines.end(record) });
      // The next of its line finds its place behind it.
      if (record.orderingKey === null && placed.length < CHUNK) continue;
      this.insert(placed);
      placed = [];
    }
    if (placed.length > 0) this.insert(placed);
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
    for (const { id, subscriptionId, dueAt } of tries) {
      this.session.run(
        `UPDATE {deliveries} SET due_at = ?, queue = ${LATER_TRIES}, generation = ${GENERATION},
           lease_until = NULL
         WHERE id = ?`,
        dueAt,
        subscriptionId,
        id,
      );
    }
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
    for (const alike of groupsOf(ends, ({ status, reason }) => JSON.stringify([status, reason]))) {
      const { status, reason } = alike[0]!;
      this.session.run(
        `UPDATE {deliveries} SET status = ?, reason = ?, due_at = NULL, ended_at = ?, queue = NULL,
           lease_until = NULL
         WHERE id IN (SELECT value FROM json_each(?))`,
        status,
        reason,
        now,
        JSON.stringify(alike.map(({ id }) => id)),
      );
    }
    this.countDown(ends, now);
  }

  /**
   * Makes the next of a line due after a delivery has ended.
   * @returns the id of that one; null when there is none
   */
  release(delivery: InLine, now: number): string | null {
    return this.lines.release(delivery, now);
  }

  private countDown(ends: readonly DeliveryEnd[], now: number): void {
    const ofEach = [...groupsOf(ends, ({ eventId }) => eventId)];
    for (const alike of groupsOf(ofEach, ({ length }) => length)) {
      const count = alike[0]!.length;
      this.session.run(
        `UPDATE {events} SET open = open - ?, ended_at = CASE WHEN open = ? THEN ? END
         WHERE id IN (SELECT value FROM json_each(?))`,
        count,
        count,
        now,
        JSON.stringify(alike.map(([first]) => first!.eventId)),
      );
    }
  }

  private insert(placed: readonly Placed[]): void {
    const rows = placed.map(({ record, place }) => [
      record.id,
      record.eventId,
      record.eventType,
      record.subscriptionId,
      record.tenant,
      record.createdAt,
      place.isFirst ? record.dueAt : null,
      queueOf(record, place),
      record.replayed ? 1 : 0,
      record.orderingKey,
      place.ordinal,
    ]);
    this.session.run(INSERT, JSON.stringify(rows));
    const due = placed.filter(({ place }) => place.isFirst);
    this.queues.add(
      due.map(({ record }) => ({
        subscriptionId: record.subscriptionId,
        queue: QueueTable.of(record),
        dueAt: record.dueAt!,
      })),
    );
  }
}

function queueOf(record: Parameters<typeof QueueTable.of>[0], { isFirst }: Place): number {
  return isFirst ? QueueTable.of(record) : IN_LINE;
}
