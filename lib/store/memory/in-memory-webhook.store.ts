import type { Clock } from '../../platform/clock.js';
import { IdFactory } from '../../platform/id.factory.js';
import { SystemClock } from '../../platform/system.clock.js';
import { SystemRandomness } from '../../platform/system.randomness.js';
import type { AttemptRecord } from '../attempt.record.js';
import type { Backfilled, BackfillRequest } from '../backfill.request.js';
import { newDelivery } from '../delivery.factory.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
import { matchesPattern } from '../pattern.js';
import type { SubscriptionRecord } from '../subscription.record.js';
import {
  AcceptTarget,
  Acceptance,
  Claim,
  ClaimRequest,
  Claimed,
  DeliveryFilter,
  PageRequest,
  RestartAnswer,
  Settled,
  Settlement,
  WebhookStore,
} from '../webhook.store.js';
import { ClaimBook } from './claim.book.js';
import { DeliveryLog, EventEntry } from './delivery.log.js';
import { SubscriptionIndex } from './subscription.index.js';
import { TransactionUnsupportedError } from './transaction-unsupported.error.js';

/** Options of {@link InMemoryWebhookStore}. */
export interface InMemoryWebhookStoreOptions {
  /**
   * How many ended events are kept, with their deliveries and attempts; older ones are forgotten.
   * @default 10000
   */
  readonly keepEnded?: number;
  /** The store's time. @default the machine's clock */
  readonly clock?: Clock;
}

/**
 * The default store: everything in this process's memory, and gone with it. For development, tests,
 * and events whose loss at a restart is acceptable.
 */
export class InMemoryWebhookStore extends WebhookStore {
  private readonly clock: Clock;
  private readonly ids: IdFactory;
  private readonly log: DeliveryLog;
  private readonly subscriptions = new SubscriptionIndex();
  private readonly book: ClaimBook;

  constructor(options: InMemoryWebhookStoreOptions = {}) {
    super();
    this.clock = options.clock ?? new SystemClock();
    this.ids = new IdFactory(this.clock, new SystemRandomness());
    this.log = new DeliveryLog(options.keepEnded ?? 10_000);
    this.book = new ClaimBook(this.log, this.subscriptions);
  }

  async accept(
    event: EventRecord,
    target: AcceptTarget,
    transaction?: unknown,
  ): Promise<Acceptance> {
    if (transaction !== undefined) throw new TransactionUnsupportedError(InMemoryWebhookStore.name);
    const { tenant, idempotency } = event;
    const first = idempotency === null ? null : this.log.findByKey(tenant, idempotency.key);
    if (first !== null) {
      const { id, idempotency: key } = first.event;
      const fingerprint = key?.fingerprint ?? null;
      const deliveryIds = first.deliveries.map(({ record }) => record.id);
      return { eventId: id, created: false, fingerprint, deliveryIds };
    }
    const now = this.clock.now();
    const records = this.targets(tenant, target).map(({ id }) =>
      newDelivery(this.ids.create('dlv'), event, id, false, now),
    );
    this.log.add(event, records, now);
    for (const record of records) this.book.queue(record);
    return {
      eventId: event.id,
      created: true,
      fingerprint: idempotency?.fingerprint ?? null,
      deliveryIds: records.map((record) => record.id),
    };
  }

  async claim(request: ClaimRequest): Promise<Claimed> {
    return this.book.claim(request, this.clock.now());
  }

  async claimAbandoned(limit: number, lease: number): Promise<readonly Claim[]> {
    return this.book.claimAbandoned(limit, lease, this.clock.now());
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
    const now = this.clock.now();
    return settlements.map((settlement) => this.book.settle(settlement, now));
  }

  async createSubscription(record: SubscriptionRecord, limit: number): Promise<boolean> {
    if (this.subscriptions.count(record.tenant) >= limit) return false;
    this.subscriptions.put(record);
    return true;
  }

  async getSubscription(tenant: string, id: string): Promise<SubscriptionRecord | null> {
    return this.subscriptions.getOf(tenant, id);
  }

  async listSubscriptions(
    tenant: string,
    page: PageRequest,
  ): Promise<readonly SubscriptionRecord[]> {
    return this.subscriptions
      .list(tenant)
      .filter((record) => page.after === null || record.id < page.after)
      .slice(0, page.limit);
  }

  async updateSubscription(
    tenant: string,
    id: string,
    change: (current: SubscriptionRecord) => SubscriptionRecord,
  ): Promise<SubscriptionRecord | null> {
    const current = this.subscriptions.getOf(tenant, id);
    if (current === null) return null;
    const changed = change(current);
    this.subscriptions.put(changed);
    if (changed.state === 'disabled') {
      this.book.cancelPending(id, 'subscription disabled', this.clock.now());
    }
    return changed;
  }

  async deleteSubscription(tenant: string, id: string): Promise<boolean> {
    const record = this.subscriptions.getOf(tenant, id);
    if (record === null) return false;
    this.subscriptions.delete(record);
    this.book.cancelPending(id, 'subscription deleted', this.clock.now());
    return true;
  }

  async getDelivery(
    tenant: string,
    id: string,
  ): Promise<{ delivery: DeliveryRecord; attempts: readonly AttemptRecord[] } | null> {
    const entry = this.log.getOf(tenant, id);
    return entry === null ? null : { delivery: entry.record, attempts: entry.attempts };
  }

  async listDeliveries(
    tenant: string,
    filter: DeliveryFilter,
    page: PageRequest,
  ): Promise<readonly DeliveryRecord[]> {
    return this.log.list(tenant, filter, page);
  }

  async restartDelivery(tenant: string, id: string): Promise<RestartAnswer> {
    const entry = this.log.getOf(tenant, id);
    return entry === null ? 'not-found' : this.book.restart(entry, false, this.clock.now());
  }

  async recover(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    return this.backfill(tenant, request, ({ deliveries }, subscriptionId, now) => {
      const entry = deliveries.find(({ record }) => record.subscriptionId === subscriptionId);
      const lost = entry?.record.status === 'exhausted' || entry?.record.status === 'cancelled';
      return lost && this.book.restart(entry, true, now) === 'restarted' ? entry.record.id : null;
    });
  }

  async replay(tenant: string, request: BackfillRequest): Promise<Backfilled> {
    return this.backfill(tenant, request, (event, subscriptionId, now) => {
      const entry = event.deliveries.find(({ record }) => record.subscriptionId === subscriptionId);
      if (entry !== undefined) {
        const ended = entry.record.status !== 'pending';
        return ended && this.book.restart(entry, true, now) === 'restarted'
          ? entry.record.id
          : null;
      }
      if (!request.admits(event.event)) return null;
      const record = newDelivery(this.ids.create('dlv'), event.event, subscriptionId, true, now);
      this.log.addDelivery(event, record);
      this.book.queue(record);
      return record.id;
    });
  }

  async expunge(tenant: string, eventId: string): Promise<boolean> {
    const event = this.log.findEvent(tenant, eventId);
    if (event === null) return false;
    this.log.expunge(event);
    const now = this.clock.now();
    for (const entry of event.deliveries) {
      this.book.cancel(entry, 'payload removed', now);
      this.log.dropAnswers(entry);
    }
    return true;
  }

  async purge(age: number, limit: number): Promise<number> {
    return this.log.purge(this.clock.now() - age, limit);
  }

  private backfill(
    tenant: string,
    request: BackfillRequest,
    take: (event: EventEntry, subscriptionId: string, now: number) => string | null,
  ): Backfilled {
    const { subscriptionId, since, until, patterns, after, limit } = request;
    const deliveryIds: string[] = [];
    const subscription = this.subscriptions.getOf(tenant, subscriptionId);
    if (subscription?.state !== 'enabled') return { deliveryIds, next: null };
    const now = this.clock.now();
    let seen = 0;
    let last: string | null = null;
    for (const entry of this.log.eventsAfter(tenant, after)) {
      if (seen === limit) return { deliveryIds, next: last };
      seen++;
      last = entry.event.id;
      const { type, occurredAt } = entry.event;
      const inTime = occurredAt >= since && occurredAt < until;
      const wanted = inTime && matchesPattern(type, patterns);
      const id = wanted && !entry.expunged ? take(entry, subscriptionId, now) : null;
      if (id !== null) deliveryIds.push(id);
    }
    return { deliveryIds, next: null };
  }

  private targets(tenant: string, target: AcceptTarget): readonly SubscriptionRecord[] {
    if ('patterns' in target) {
      const matching = this.subscriptions.matching(tenant, target.patterns);
      const free = (subscription: SubscriptionRecord): boolean =>
        subscription.filter === null && !target.judgeAll;
      return matching.filter((one) => free(one) || target.admits(one));
    }
    const record = this.subscriptions.getOf(tenant, target.subscriptionId);
    return record?.state === 'enabled' ? [record] : [];
  }
}
