import type { EventRecord } from '../event.record.js';
import type { Session } from './session.js';

/** An event, and how many deliveries it has at first. */
export interface NewEvent {
  readonly event: EventRecord;
  readonly open: number;
}

/** Events and their bodies. */
export class EventTable {
  constructor(private readonly session: Session) {}

  add(events: readonly NewEvent[], now: number): void {
    const rows = events.map(({ event, open }) => [
      event.id,
      event.type,
      event.tenant,
      event.method,
      event.occurredAt,
      open,
      event.idempotency?.key,
      event.idempotency?.fingerprint,
      event.orderingKey,
    ]);
    this.session.run(
      `INSERT INTO {events} (id, type, tenant, method, occurred_at, open, ended_at, idempotency_key,
         fingerprint, ordering_key)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         CASE WHEN value ->> 5 = 0 THEN ? END, value ->> 6, value ->> 7, value ->> 8
       FROM json_each(?)`,
      now,
      JSON.stringify(rows),
    );
    this.addBodies(events.map(({ event }) => event));
  }

  /** All bytes as one value, of which SQLite takes the pieces. */
  private addBodies(events: readonly EventRecord[]): void {
    let start = 1;
    const pieces = events.map(({ id, body }) => {
      const piece = [id, start, body.length];
      start += body.length;
      return piece;
    });
    // A piece of no bytes at all is NULL.
    this.session.run(
      `INSERT INTO {bodies} (event_id, body)
       SELECT value ->> 0, coalesce(substr(?, value ->> 1, value ->> 2), x'') FROM json_each(?)`,
      Buffer.concat(events.map(({ body }) => body)),
      JSON.stringify(pieces),
    );
  }
}
