import type { Clock } from '../../platform/clock.js';
import { IdFactory } from '../../platform/id.factory.js';
import { SystemClock } from '../../platform/system.clock.js';
import { SystemRandomness } from '../../platform/system.randomness.js';
import type { AttemptRecord } from '../attempt.record.js';
import type { DeliveryRecord } from '../delivery.record.js';
import type { EventRecord } from '../event.record.js';
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
  Settlement,
  WebhookStore,
} from '../webhook.store.js';
import { ClaimBook } from './claim.book.js';
import { DeliveryLog } from './delivery.log.js';
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
      return { eventId: id, created: false, fingerprint, deliveryIds: first.deliveryIds };
    }
    const now = this.clock.now();
    const records = this.targets(tenant, target).map(({ id }) => this.newDelivery(event, id, now));
    this.log.add(event, records, now);
    for (const record of records) this.book.queue(record.subscriptionId, record.id, now);
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

  async settle(settlements: readonly Settlement[]): Promise<void> {
    const now = this.clock.now();
    for (const settlement of settlements) this.book.settle(settlement, now);
  }

  async createSubscription(record: SubscriptionRecord): Promise<void> {
    this.subscriptions.put(record);
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
    return entry === null ? null : { delivery: entry.record, attempts: [...entry.attempts] };
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
    return entry === null ? 'not-found' : this.book.restart(entry, this.clock.now());
  }

  async purge(age: number, limit: number): Promise<number> {
    return this.log.purge(this.clock.now() - age, limit);
  }

  private targets(tenant: string, target: AcceptTarget): readonly SubscriptionRecord[] {
    if ('patterns' in target) return this.subscriptions.matching(tenant, target.patterns);
    const record = this.subscriptions.getOf(tenant, target.subscriptionId);
    return record?.state === 'enabled' ? [record] : [];
  }

  private newDelivery(event: EventRecord, subscriptionId: string, now: number): DeliveryRecord {
    return {
      id: this.ids.create('dlv'),
      eventId: event.id,
      eventType: event.type,
      subscriptionId,
      tenant: event.tenant,
      status: 'pending',
      reason: null,
      attempts: 0,
      tries: 0,
      dueAt: now,
      createdAt: now,
      endedAt: null,
    };
  }
}
