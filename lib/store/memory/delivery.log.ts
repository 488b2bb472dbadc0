import type { AttemptRecord } from '../attempt.record.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
import type { DeliveryFilter, PageRequest } from '../webhook.store.js';

/** A delivery with all that belongs to it. Records and lists are replaced, never changed. */
export interface DeliveryEntry {
  record: DeliveryRecord;
  readonly event: EventEntry;
  attempts: readonly AttemptRecord[];
  /** Until when a claim holds it; null when nobody does. */
  leaseUntil: number | null;
  /** Its latest place in a due queue: earlier ones are void. */
  turn: number;
  /** Its neighbours in the line of its ordering key. */
  before: DeliveryEntry | null;
  behind: DeliveryEntry | null;
}

/** An event with its deliveries, one for each subscription. */
export interface EventEntry {
  event: EventRecord;
  deliveries: readonly DeliveryEntry[];
  open: number;
  expunged: boolean;
}

/** Events and deliveries, pending and ended; of the ended ones a bounded number. */
export class DeliveryLog {
  /** By tenant and id, in order of acceptance. */
  private readonly events = new Map<string, Map<string, EventEntry>>();
  private readonly keys = new Map<string, string>();
  private readonly deliveries = new Map<string, DeliveryEntry>();
  /** Events without a pending delivery and when the last one ended, in that order. */
  private readonly ended = new Map<EventEntry, number>();

  constructor(private readonly keepEnded: number) {}

  findByKey(tenant: string, key: string): EventEntry | null {
    const id = this.keys.get(this.keyOf(tenant, key));
    return id === undefined ? null : this.findEvent(tenant, id);
  }

  add(event: EventRecord, records: readonly DeliveryRecord[], now: number): void {
    const entry: EventEntry = { event, deliveries: [], open: 0, expunged: false };
    const ofTenant = this.events.get(event.tenant);
    if (ofTenant === undefined) this.events.set(event.tenant, new Map([[event.id, entry]]));
    else ofTenant.set(event.id, entry);
    if (event.idempotency !== null) {
      this.keys.set(this.keyOf(event.tenant, event.idempotency.key), event.id);
    }
    entry.deliveries = records.map((record) => this.open(entry, record));
    if (records.length === 0) this.close(entry, now);
  }

  /** Adds a pending delivery of an event. */
  addDelivery(entry: EventEntry, record: DeliveryRecord): void {
    entry.deliveries = [...entry.deliveries, this.open(entry, record)];
    this.ended.delete(entry);
  }

  findEvent(tenant: string, id: string): EventEntry | null {
    return this.events.get(tenant)?.get(id) ?? null;
  }

  /** A tenant's events in order of acceptance, those after a given one. */
  *eventsAfter(tenant: string, id: string | null): Iterable<EventEntry> {
    for (const entry of this.events.get(tenant)?.values() ?? []) {
      if (id === null || entry.event.id > id) yield entry;
    }
  }

  get(id: string): DeliveryEntry | null {
    return this.deliveries.get(id) ?? null;
  }

  getOf(tenant: string, id: string): DeliveryEntry | null {
    const entry = this.get(id);
    return entry?.record.tenant === tenant ? entry : null;
  }

  /** Replaces a delivery's record and keeps count of what is open. */
  put(entry: DeliveryEntry, record: DeliveryRecord, now: number): void {
    const was = entry.record.status === 'pending';
    const is = record.status === 'pending';
    entry.record = record;
    if (was === is) return;
    const { event } = entry;
    event.open += is ? 1 : -1;
    if (event.open === 0) this.close(event, now);
    else this.ended.delete(event);
  }

  list(tenant: string, filter: DeliveryFilter, page: PageRequest): readonly DeliveryRecord[] {
    const found: DeliveryRecord[] = [];
    for (const { record } of [...this.deliveries.values()].toReversed()) {
      if (found.length === page.limit) break;
      if (page.after !== null && record.id >= page.after) continue;
      if (record.tenant === tenant && matches(record, filter)) found.push(record);
    }
    return found;
  }

  /** Removes the body of an event. */
  expunge(entry: EventEntry): void {
    entry.event = { ...entry.event, body: Buffer.alloc(0) };
    entry.expunged = true;
  }

  /** Removes what receivers answered. */
  dropAnswers(entry: DeliveryEntry): void {
    entry.attempts = entry.attempts.map(({ result, ...attempt }) => ({
      ...attempt,
      result: result && { ...result, answer: null },
    }));
  }

  /** Forgets events that ended before `before`; gives how many. */
  purge(before: number, limit: number): number {
    let count = 0;
    for (const [entry, endedAt] of this.ended) {
      if (endedAt >= before || count === limit) break;
      this.forget(entry);
      count++;
    }
    return count;
  }

  private open(event: EventEntry, record: DeliveryRecord): DeliveryEntry {
    const alone = { before: null, behind: null };
    const delivery = { record, event, attempts: [], leaseUntil: null, turn: 0, ...alone };
    this.deliveries.set(record.id, delivery);
    event.open++;
    return delivery;
  }

  private close(entry: EventEntry, now: number): void {
    this.ended.set(entry, now);
    if (this.ended.size <= this.keepEnded) return;
    // Some at once: a map takes the longer to find its first entry the more were removed before it.
    let left = 1 + Math.floor(this.keepEnded / 100);
    for (const oldest of this.ended.keys()) {
      this.forget(oldest);
      if (--left === 0) return;
    }
  }

  private forget(entry: EventEntry): void {
    const { id, tenant, idempotency } = entry.event;
    for (const { record } of entry.deliveries) this.deliveries.delete(record.id);
    if (idempotency !== null) this.keys.delete(this.keyOf(tenant, idempotency.key));
    const ofTenant = this.events.get(tenant)!;
    ofTenant.delete(id);
    if (ofTenant.size === 0) this.events.delete(tenant);
    this.ended.delete(entry);
  }

  private keyOf(tenant: string, key: string): string {
    return `${tenant.length}:${tenant}${key}`;
  }
}

function matches(record: DeliveryRecord, filter: DeliveryFilter): boolean {
  return (
    (filter.subscriptionId === undefined || record.subscriptionId === filter.subscriptionId) &&
    (filter.eventId === undefined || record.eventId === filter.eventId) &&
    (filter.eventType === undefined || record.eventType === filter.eventType) &&
    (filter.status === undefined || record.status === filter.status) &&
    (filter.since === undefined || record.createdAt >= filter.since) &&
    (filter.until === undefined || record.createdAt < filter.until)
  );
}
