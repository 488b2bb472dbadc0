import type { WebhookCatalog } from '../catalog/webhook.catalog.js';
import type { DeliveryEngine } from '../engine/delivery.engine.js';
import type { Clock } from '../platform/clock.js';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import { loadPage, Page, PageOptions } from '../platform/paging.js';
import { checkedText, TenantOptions, tenantOf } from '../platform/tenant.js';
import { DELIVERY_STATUSES, DeliveryStatus } from '../store/delivery.record.js';
import type { EventRecord } from '../store/event.record.js';
import type { SubscriptionRecord } from '../store/subscription.record.js';
import type { DeliveryFilter, WebhookStore } from '../store/webhook.store.js';
import { SubscriptionDisabledError } from '../subscriptions/subscription-disabled.error.js';
import { SubscriptionNotFoundError } from '../subscriptions/subscription-not-found.error.js';
import { BackfillOptions, BackfillResult, runBackfill } from './backfill.js';
import { DeliveryInFlightError } from './delivery-in-flight.error.js';
import { DeliveryNotFoundError } from './delivery-not-found.error.js';
import { EventExpungedError } from './event-expunged.error.js';
import { isTestEvent } from './example.event.js';
import { EventNotFoundError } from './event-not-found.error.js';
import type { TenantRateLimit } from './tenant.rate-limit.js';
import { Delivery, DeliveryWithAttempts, toAttempt, toDelivery } from './delivery.js';

/** Which deliveries to list; a criterion left out matches all. */
export interface ListDeliveriesOptions extends TenantOptions, PageOptions {
  readonly subscriptionId?: string;
  readonly eventId?: string;
  /** Exact name of the event type. */
  readonly eventType?: string;
  readonly status?: DeliveryStatus;
  /** Accepted at this time or later. */
  readonly since?: Date;
  /** Accepted before this time. */
  readonly until?: Date;
}

const EVENT_ID = /^evt_[0-9a-f]{32}$/;
const SUBSCRIPTION_ID = /^sub_[0-9a-f]{32}$/;
const ID = /^dlv_[0-9a-f]{32}$/;

/** Options of `replay`. */
export interface ReplayOptions extends BackfillOptions {
  /** Only these event types: exact or a prefix such as `order.*`. @default those it subscribes to */
  readonly eventType?: string;
}

/** The parts a {@link DeliveriesService} works with. */
export interface DeliveriesParts {
  readonly store: WebhookStore;
  readonly engine: DeliveryEngine;
  readonly catalog: WebhookCatalog;
  readonly clock: Clock;
  /** Whether a subscription's filter and the application's admit an event that was accepted before. */
  readonly admits: (event: EventRecord, subscription: SubscriptionRecord) => boolean;
  /** How often `redeliver` may be called. */
  readonly limit: TenantRateLimit;
}

/** The log that support reads, and sending again: `webhooks.deliveries`. */
export class DeliveriesService {
  constructor(private readonly parts: DeliveriesParts) {}

  /**
   * The tenant's deliveries, newest first.
   * @throws InvalidArgumentError for a criterion, cursor or limit that cannot be used
   */
  async list(options: ListDeliveriesOptions = {}): Promise<Page<Delivery>> {
    const tenant = tenantOf(options);
    const filter = toFilter(options);
    return loadPage(
      options,
      ID,
      (page) => this.parts.store.listDeliveries(tenant, filter, page),
      toDelivery,
    );
  }

  /**
   * A delivery with its attempts.
   * @throws DeliveryNotFoundError when the tenant has none with this id
   */
  async get(id: string, options?: TenantOptions): Promise<DeliveryWithAttempts> {
    const found = await this.parts.store.getDelivery(tenantOf(options), checkId(id));
    if (found === null) throw new DeliveryNotFoundError();
    return { ...toDelivery(found.delivery), attempts: found.attempts.map(toAttempt) };
  }

  /**
   * Delivers again, now and with the full schedule, whatever the state was: the same event, bytes and
   * `webhook-id`. Attempts are counted on.
   *
   * @throws DeliveryNotFoundError when the tenant has none with this id
   * @throws SubscriptionDisabledError when its subscription is disabled or deleted
   * @throws EventExpungedError when the event's payload was removed
   * @throws DeliveryInFlightError while a request of it is under way
   * @throws TooManyRequestsError over `redeliverRate`
   */
  async redeliver(id: string, options?: TenantOptions): Promise<Delivery> {
    const tenant = tenantOf(options);
    const known = checkId(id);
    this.parts.limit.take(tenant);
    const answer = await this.parts.store.restartDelivery(tenant, known);
    if (answer === 'not-found') throw new DeliveryNotFoundError();
    if (answer === 'disabled') throw new SubscriptionDisabledError();
    if (answer === 'expunged') throw new EventExpungedError();
    if (answer === 'in-flight') throw new DeliveryInFlightError();
    const restarted = await this.get(id, options);
    this.parts.engine.wake({ deliveryIds: [id], dueIn: 0 });
    return restarted;
  }

  /**
   * Delivers again what ended without success, however much it is, oldest first and with the full
   * schedule. Live traffic does not wait for it.
   *
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws SubscriptionDisabledError when it is disabled
   * @throws InvalidArgumentError for a time or cursor that cannot be used
   */
  async recover(options: BackfillOptions): Promise<BackfillResult> {
    const { tenant, request } = await this.prepare(options, ['*']);
    const { store, engine } = this.parts;
    return runBackfill(options, engine, (step) => store.recover(tenant, { ...request, ...step }));
  }

  /**
   * Delivers again every event of a stretch of time, whatever became of it, and also those that never
   * went to this subscription, say because it did not exist yet. The `webhook-id` is the old one, so
   * that a receiver can tell what it has. Live traffic does not wait for it.
   *
   * @throws SubscriptionNotFoundError when the tenant has none with this id
   * @throws SubscriptionDisabledError when it is disabled
   * @throws InvalidEventTypeError or UnknownEventTypeError for a wrong event type
   * @throws InvalidArgumentError for a time or cursor that cannot be used
   */
  async replay(options: ReplayOptions): Promise<BackfillResult> {
    const { eventType } = options ?? {};
    if (eventType !== undefined) this.parts.catalog.requirePattern(eventType);
    const patterns = eventType === undefined ? null : [eventType];
    const { tenant, request } = await this.prepare(options, patterns);
    const { store, engine } = this.parts;
    return runBackfill(options, engine, (step) => store.replay(tenant, { ...request, ...step }));
  }

  /**
   * Removes an event's payload now and for good, say because a person asked for it; what is pending of
   * it ends `cancelled`. Its id, type, times and attempts stay in the log, without the answers.
   *
   * @throws EventNotFoundError when the tenant has none with this id
   */
  async expunge(eventId: string, options?: TenantOptions): Promise<void> {
    const tenant = tenantOf(options);
    const known = typeof eventId === 'string' && EVENT_ID.test(eventId);
    if (!known || !(await this.parts.store.expunge(tenant, eventId)))
      throw new EventNotFoundError();
    // Others may have waited for what this has cancelled.
    this.parts.engine.wake({ deliveryIds: [], dueIn: 0 });
  }

  private async prepare(options: BackfillOptions, patterns: readonly string[] | null) {
    const tenant = tenantOf(options);
    const { subscriptionId, since, until } = options ?? {};
    const end = until === undefined ? this.parts.clock.now() + 1 : checkTime('until', until);
    const stretch = { since: checkTime('since', since), until: end };
    const known = typeof subscriptionId === 'string' && SUBSCRIPTION_ID.test(subscriptionId);
    const record = known ? await this.parts.store.getSubscription(tenant, subscriptionId) : null;
    if (record === null) throw new SubscriptionNotFoundError();
    if (record.state === 'disabled') throw new SubscriptionDisabledError();
    const admits = (event: EventRecord): boolean =>
      !isTestEvent(event.type) && this.parts.admits(event, record);
    const wanted = patterns ?? record.eventTypes;
    return { tenant, request: { subscriptionId, ...stretch, patterns: wanted, admits } };
  }
}

function checkId(id: unknown): string {
  if (typeof id === 'string' && ID.test(id)) return id;
  throw new DeliveryNotFoundError();
}

function toFilter(options: ListDeliveriesOptions): DeliveryFilter {
  const { subscriptionId, eventId, eventType, status, since, until } = options;
  if (status !== undefined && !DELIVERY_STATUSES.includes(status)) {
    throw new InvalidArgumentError('status', `Give one of ${DELIVERY_STATUSES.join(', ')}.`);
  }
  return {
    ...(subscriptionId !== undefined && {
      subscriptionId: checkedText('subscriptionId', subscriptionId, 128),
    }),
    ...(eventId !== undefined && { eventId: checkedText('eventId', eventId, 128) }),
    ...(eventType !== undefined && { eventType: checkedText('eventType', eventType, 128) }),
    ...(status !== undefined && { status }),
    ...(since !== undefined && { since: checkTime('since', since) }),
    ...(until !== undefined && { until: checkTime('until', until) }),
  };
}

function checkTime(argument: string, time: unknown): number {
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time.getTime();
  throw new InvalidArgumentError(argument, 'Give a valid Date.');
}
