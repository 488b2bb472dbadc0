import type { DeliveryEngine } from '../engine/delivery.engine.js';
import { InvalidArgumentError } from '../platform/invalid-argument.error.js';
import { loadPage, Page, PageOptions } from '../platform/paging.js';
import { checkedText, TenantOptions, tenantOf } from '../platform/tenant.js';
import { DELIVERY_STATUSES, DeliveryStatus } from '../store/delivery.record.js';
import type { DeliveryFilter, WebhookStore } from '../store/webhook.store.js';
import { SubscriptionDisabledError } from '../subscriptions/subscription-disabled.error.js';
import { DeliveryInFlightError } from './delivery-in-flight.error.js';
import { DeliveryNotFoundError } from './delivery-not-found.error.js';
import { EventExpungedError } from './event-expunged.error.js';
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

const ID = /^dlv_[0-9a-f]{32}$/;

/** The log that support reads: `webhooks.deliveries`. */
export class DeliveriesService {
  constructor(
    private readonly store: WebhookStore,
    private readonly engine: DeliveryEngine,
  ) {}

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
      (page) => this.store.listDeliveries(tenant, filter, page),
      toDelivery,
    );
  }

  /**
   * A delivery with its attempts.
   * @throws DeliveryNotFoundError when the tenant has none with this id
   */
  async get(id: string, options?: TenantOptions): Promise<DeliveryWithAttempts> {
    const found = await this.store.getDelivery(tenantOf(options), checkId(id));
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
   */
  async redeliver(id: string, options?: TenantOptions): Promise<Delivery> {
    const tenant = tenantOf(options);
    const answer = await this.store.restartDelivery(tenant, checkId(id));
    if (answer === 'not-found') throw new DeliveryNotFoundError();
    if (answer === 'disabled') throw new SubscriptionDisabledError();
    if (answer === 'expunged') throw new EventExpungedError();
    if (answer === 'in-flight') throw new DeliveryInFlightError();
    const restarted = await this.get(id, options);
    this.engine.wake({ deliveryIds: [id], dueIn: 0 });
    return restarted;
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
